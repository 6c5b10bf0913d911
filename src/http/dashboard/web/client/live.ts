import { get, Refused } from './api.ts';
import { jobEnded } from './job-ended.ts';
import type { IntegrityReport, Job, Live, LogLine, Overview, Who } from './model.ts';
import { change, current, mayOperate } from './store.ts';

const LOG_LINES = 500;
const LOOK_MS = 30_000;
const AGAIN_MS = 3_000;

/** What the server tells. */
interface Events {
  readonly status: Live;
  readonly backups: object;
  readonly log: LogLine;
  readonly job: Job;
}

let stream: EventSource | null = null;
let again: ReturnType<typeof setTimeout> | undefined;
let looking: Promise<void> | null = null;
let lookAgain = false;

/** Looks at the whole; while one look is under way, asking for another makes one more follow. */
export function refresh(): Promise<void> {
  if (looking !== null) {
    lookAgain = true;
    return looking;
  }
  looking = look().finally(() => {
    looking = null;
    if (!lookAgain) return;
    lookAgain = false;
    void refresh();
  });
  return looking;
}

async function look(): Promise<void> {
  const { jobs: before } = current();
  try {
    const [overview, { reports }] = await Promise.all([
      get<Overview>('/api/overview'),
      get<{ readonly reports: readonly IntegrityReport[] }>('/api/integrity?limit=20'),
    ]);
    const told = new Set(overview.jobs.map(({ id }) => id));
    // What was told of since is newer. A job that nobody knows of any more ended while nobody listened.
    const isNewer = (job: Job): boolean => before.get(job.id) !== job || (job.state !== 'running' && !told.has(job.id));
    change({
      overview,
      integrity: reports,
      clockSkewMs: Date.parse(overview.now) - Date.now(),
      now: Date.now(),
      jobs: new Map([...current().jobs].filter(([, job]) => isNewer(job))),
      // A look before this one may have failed by itself.
      ...(stream?.readyState === EventSource.OPEN ? { line: 'live' } : {}),
    });
  } catch (error) {
    // Busy or out of reach: the next look will see; the line says so when it is broken.
    if (!(error instanceof Refused)) change({ line: 'lost' });
  }
}

/** From now on the page keeps itself up to date, until the log-in ends. */
export function goLive(): void {
  hangUp();
  void refresh();
  if (mayOperate()) void readLog();
  connect();
}

export function hangUp(): void {
  stream?.close();
  stream = null;
  clearTimeout(again);
}

function connect(): void {
  const source = new EventSource('/api/events');
  stream = source;
  const on = <Name extends keyof Events>(name: Name, take: (data: Events[Name]) => void): void =>
    source.addEventListener(name, ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Events[Name]));
  source.addEventListener('open', () => {
    const wasLost = current().line === 'lost';
    change({ line: 'live' });
    if (!wasLost) return;
    void refresh();
    if (mayOperate()) void readLog();
  });
  source.addEventListener('error', () => {
    change({ line: 'lost' });
    // The browser tries again by itself, unless it was refused: then only asking tells why.
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    void comeBack();
  });
  on('status', (live) => change({ live }));
  on('backups', () => void refresh());
  on('log', (line) => change({ log: [...current().log, line].slice(-LOG_LINES) }));
  on('job', (job) => {
    const before = current().jobs.get(job.id);
    change({ jobs: new Map(current().jobs).set(job.id, job) });
    if (job.state === 'running' || before?.state === job.state) return;
    jobEnded(job);
    void refresh();
  });
}

async function comeBack(): Promise<void> {
  const isIn = await get<Who>('/api/session').then(
    () => true,
    (error: unknown) => !(error instanceof Refused && error.status === 401),
  );
  // When the log-in has ended, the page for it is there by now.
  clearTimeout(again);
  if (isIn) again = setTimeout(connect, AGAIN_MS);
}

async function readLog(): Promise<void> {
  const read = await get<{ readonly lines: readonly LogLine[] }>('/api/log?limit=500').catch(() => null);
  if (read !== null) change({ log: read.lines });
}

/** Questions and the passing of time are told by nobody. */
export function keepLooking(): void {
  setInterval(() => {
    change({ now: Date.now() });
    if (current().who && document.visibilityState === 'visible') void refresh();
  }, LOOK_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && current().who) void refresh();
  });
}
