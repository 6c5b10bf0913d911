import type { IntegrityReport, Job, Live, LogLine, Overview, Running, Who } from './model.ts';
import { loadSettings, type Settings } from './settings.ts';
import { signal } from './signal.ts';

export interface Notice {
  readonly id: number;
  readonly kind: 'good' | 'bad';
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export interface State {
  readonly settings: Settings;
  /** Undefined while it is not known, null when nobody is logged in. */
  readonly who: Who | null | undefined;
  /** Why the log-in page is there, where there is a reason: the last log-in ended. */
  readonly ended: boolean;
  readonly overview: Overview | null;
  readonly live: Live | null;
  /** Newest first; null while it was not read. */
  readonly integrity: readonly IntegrityReport[] | null;
  readonly line: 'connecting' | 'live' | 'lost';
  /** Jobs that were told of since the last look at the whole. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly log: readonly LogLine[];
  readonly notices: readonly Notice[];
  /** The server's clock less ours: ages are told by the server's. */
  readonly clockSkewMs: number;
  /** Moves on by itself, so that ages do. */
  readonly now: number;
}

const state = signal<State>({
  settings: loadSettings(),
  who: undefined,
  ended: false,
  overview: null,
  live: null,
  integrity: null,
  line: 'connecting',
  jobs: new Map(),
  log: [],
  notices: [],
  clockSkewMs: 0,
  now: Date.now(),
});

export const current = (): State => state.get();
export const change = (part: Partial<State>): void => state.set({ ...state.get(), ...part });
/** In a component, which is drawn again after each change. */
export const useStore = (): State => state.use();

let notices = 0;
const NOTICES = 4;
const GOOD_MS = 8_000;
const OFFER_MS = 30_000;

/** What went wrong stays until it is dismissed; what went well goes by itself, and when another page is opened. */
export function notify(kind: Notice['kind'], text: string, action: Notice['action'] = null): void {
  notices += 1;
  const notice: Notice = { id: notices, kind, text, action };
  const others = current().notices.filter((one) => one.text !== text);
  change({ notices: [...others, notice].slice(-NOTICES) });
  if (kind === 'good') setTimeout(() => dismiss(notice.id), action === null ? GOOD_MS : OFFER_MS);
}

export function dismiss(id: number): void {
  change({ notices: current().notices.filter((notice) => notice.id !== id) });
}

export function dismissGood(): void {
  change({ notices: current().notices.filter(({ kind }) => kind === 'bad') });
}

/** Milliseconds since then, by the server's clock; negative for what is dated ahead of it. */
export const since = (at: string): number => current().now + current().clockSkewMs - Date.parse(at);
export const until = (at: string): number => Math.max(0, Date.parse(at) - current().now - current().clockSkewMs);

export const mayOperate = (): boolean => current().who?.scope === 'operate';

/** What runs now, whoever began it. */
export function running(): Running | null {
  const { live, overview } = current();
  return live === null ? (overview?.running ?? null) : live.running;
}
/** Whether what runs beside backups does so now. */
export const isUnderWay = (kind: 'sync' | 'integrity'): boolean =>
  allJobs().some((job) => job.kind === kind && job.state === 'running');
export const alerts = () => current().live?.alerts ?? current().overview?.alerts ?? [];

/** The newest word about each job, newest job first. */
export function allJobs(): readonly Job[] {
  const told = current().overview?.jobs ?? [];
  const fresh = [...current().jobs.values()].filter(({ id }) => !told.some((job) => job.id === id));
  return [...fresh.reverse(), ...told.map((job) => current().jobs.get(job.id) ?? job)];
}
