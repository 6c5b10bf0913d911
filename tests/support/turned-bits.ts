import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { isAppError } from '../../src/errors.ts';
import type { IntegrityReport } from '../../src/health/integrity/model.ts';
import { guildOf, teachApp } from './app-person.ts';
import { ended } from './knowledge-parts.ts';
import { quiet } from './quiet.ts';
import { removal } from './removal.ts';
import { seeded } from './seeded.ts';
import { silentLog } from '../../src/log.ts';

const anywhere = { mounts: null, hasContainerFile: false, cgroup: '' };
const BY = { id: 'u1', name: 'Morgan' };

/** Where a bit lies, as far as it says what may come of it. */
export type Place =
  | 'database: documents, passages, vectors'
  | 'database: indexes of them'
  | 'database: everything else'
  | 'index'
  | 'backups'
  | 'sidecars'
  | 'other files';

export type Outcome =
  | 'nothing of it is seen'
  | 'made anew or restored, and said'
  | 'damage said'
  | 'start refused in words'
  | 'changed where no hash is'
  | 'loss unsaid'
  | 'changed content served as whole';

export type Table = Map<Place, Map<Outcome, number>>;

interface Turned {
  readonly file: string;
  readonly place: Place;
  readonly byte: number;
  readonly bit: number;
}

/** What the bot was taught, as it was taught. */
interface Truth {
  readonly guildId: string;
  readonly passages: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<number, Buffer>;
  readonly titles: ReadonlyMap<number, string>;
}

const open = (folder: string): Promise<App> =>
  openApp(
    parseConfig({ DATA_DIR: folder, ...quiet, INTEGRITY_SCHEDULE: 'off', BACKUP_AFTER_CHANGES: 'false', PORT: '0' }),
    {
      log: silentLog,
      machine: anywhere,
      firstLesson: false,
    },
  );

const PLACES = [
  'harbour',
  'lighthouse',
  'ferry',
  'market',
  'library',
  'school',
  'bakery',
  'museum',
  'station',
  'chapel',
];

/** Some documents in both languages, the last of them in no backup; questions with answers; a clean end. */
export async function taughtFolder(folder: string): Promise<Truth> {
  const app = await open(folder);
  for (const [number, place] of PLACES.entries()) {
    const sections = ['Opening', 'History', 'People', 'Rules'].map(
      (what, at) =>
        `## ${what} of the ${place}\n\n${`The ${place} keeps its ${what.toLowerCase()} rule number ${number * 7 + at} in a blue book. `.repeat(12)}`,
    );
    await teachApp(app, `The ${place}`, `# The ${place}\n\n${sections.join('\n\n')}\n`);
    if (number === 3)
      await teachApp(
        app,
        '灯台の案内',
        '灯台は毎朝九時に開き、夕方五時に閉まります。霧の日は鐘を鳴らします。'.repeat(8),
      );
    if (number === 4 || number === 8) await app.backups.create({ kind: 'manual', reason: null, by: BY });
  }
  const truth = readTruth(app);
  for (const place of PLACES.slice(0, 4)) {
    const asked = { guildId: truth.guildId, channelId: '1', userId: '2', locale: 'en', conversation: [] } as const;
    for await (const _ of app.knowledge.answers.ask({ ...asked, question: `What is the rule of the ${place}?` }));
  }
  await app[Symbol.asyncDispose]();
  return truth;
}

function readTruth(app: App): Truth {
  const guildId = guildOf(app);
  const { knowledge } = app.knowledge.store;
  const { items } = knowledge.documents(guildId, { offset: 0, limit: 100 });
  return {
    guildId,
    passages: new Map(items.flatMap(({ id }) => passagesOf(app, guildId, id).map((one) => [one.place, one.shown]))),
    contents: new Map(items.map(({ id }) => [id, Buffer.from(knowledge.content(id))])),
    titles: new Map(items.map(({ id, title }) => [id, title])),
  };
}

/** Through what answers read. */
function passagesOf(app: App, guildId: string, documentId: number) {
  const db = new Database(app.knowledge.store.file, { readonly: true });
  try {
    const ids = db.prepare<[number], number>('SELECT id FROM chunks WHERE document_id = ?').pluck().all(documentId);
    return app.knowledge.store.knowledge.passages(guildId, ids).map((shown) => ({
      place: `${shown.documentId}/${shown.ordinal}`,
      shown: JSON.stringify({ ...shown, chunkId: 0 }),
    }));
  } finally {
    db.close();
  }
}

interface Seen {
  /** Passages or texts that are given out and are not what was taught. */
  readonly changed: number;
  /** Those that are not given out. */
  readonly missing: number;
}

function compare(app: App, { guildId, passages, contents, titles }: Truth, isSettled: boolean): Seen {
  const { knowledge } = app.knowledge.store;
  let [changed, missing] = [0, 0];
  const found = new Map(
    [...contents.keys()].flatMap((id) =>
      tried(() => passagesOf(app, guildId, id), []).map((one) => [one.place, one.shown]),
    ),
  );
  for (const [place, shown] of found) if (passages.get(place) !== shown) changed += 1;
  for (const place of passages.keys()) if (!found.has(place)) missing += 1;
  for (const [id, content] of contents) {
    const given = tried(() => Buffer.from(knowledge.content(id)), null);
    if (given === null) missing += 1;
    else if (!given.equals(content)) changed += 1;
    const document = tried(() => knowledge.document(guildId, id), null);
    if (document === null) missing += 1;
    else if (isSettled && document.title !== titles.get(id) && document.state !== 'failed') changed += 1;
  }
  return { changed, missing };
}

/** What is refused in words is not given out. */
function tried<Result, Otherwise>(work: () => Result, otherwise: Otherwise): Result | Otherwise {
  try {
    return work();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return otherwise;
  }
}

/** All that is remembered beyond what was taught. */
function restOf(folder: string): string {
  const db = new Database(join(folder, 'nescordbot.db'), { readonly: true });
  try {
    const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all();
    return JSON.stringify(['questions', 'question_passages', 'feedback', 'figures', 'usage'].map(rows));
  } finally {
    db.close();
  }
}

function filesIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? filesIn(folder, path) : statSync(join(folder, path)).size > 0 ? [path] : [];
  });
}

function kindOf(file: string): Exclude<Place, `database: ${string}`> | 'database' {
  if (file === 'nescordbot.db') return 'database';
  if (file.startsWith('chroma')) return 'index';
  if (file.endsWith('.manifest.json')) return 'sidecars';
  return /\.tar\.zst/.test(file) ? 'backups' : 'other files';
}

function databasePlaces(file: string): (byte: number) => Place {
  const db = new Database(file, { readonly: true });
  const pageSize = Number(db.pragma('page_size', { simple: true }));
  const names = new Map(
    db
      .prepare<[], { pageno: number; name: string }>('SELECT pageno, name FROM dbstat')
      .all()
      .map(({ pageno, name }) => [pageno, name]),
  );
  db.close();
  const contents = new Set(['documents', 'document_contents', 'chunks', 'vectors']);
  return (byte) => {
    const name = names.get(Math.floor(byte / pageSize) + 1) ?? '';
    if (contents.has(name)) return 'database: documents, passages, vectors';
    return /^(chunk|document|vector)/.test(name) ? 'database: indexes of them' : 'database: everything else';
  };
}

const OTHERS = 0.4;

/** One bit of the database, and often one of each other kind of file: what comes of each is told by where it is noticed. */
function choose(folder: string, random: () => number): Turned[] {
  const kinds = Map.groupBy(filesIn(folder), kindOf);
  const chosen = [...kinds].filter(([kind]) => kind === 'database' || random() < OTHERS);
  return chosen.map(([kind, files]) => {
    const sizes = files.map((file) => statSync(join(folder, file)).size);
    // Small files are as worth a bit as large ones, but for the database, of which there is one.
    const file = files[Math.floor(random() * files.length)] ?? '';
    const byte = Math.floor(random() * (sizes[files.indexOf(file)] ?? 1));
    const place = kind === 'database' ? databasePlaces(join(folder, file))(byte) : kind;
    return { file, place, byte, bit: Math.floor(random() * 8) };
  });
}

function turn(folder: string, { file, byte, bit }: Turned): void {
  const path = join(folder, file);
  const bytes = readFileSync(path);
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
}

interface Trial {
  readonly outcomes: ReadonlyMap<Turned, Outcome>;
  readonly notes: readonly string[];
}

const NOTICED: Readonly<Record<string, ReadonlySet<string>>> = {
  database: new Set(['database', 'contents']),
  index: new Set(['index']),
  backups: new Set(['backups']),
  sidecars: new Set(['backups']),
};

/** Start, one check, one verification of each backup. */
async function tryOut(folder: string, truth: Truth, rest: string, bits: readonly Turned[]): Promise<Trial | null> {
  let app: App;
  try {
    app = await open(folder);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (bits.length > 1) return null;
    return { outcomes: new Map(bits.map((bit) => [bit, 'start refused in words'])), notes: [error.message] };
  }
  try {
    const before = compare(app, truth, false);
    const report = await lookOver(app);
    const problems: string[] = [];
    for (const { name } of await app.backups.list()) {
      const { state, problem } = await app.backups.verify(name);
      if (state !== 'good' || problem !== null) problems.push(`${name} ${state}: ${problem ?? ''}`);
    }
    const { library } = app.knowledge;
    for (const job of library.openJobs()) if (job.kind === 'ingest') await ended(library, job);
    const after = compare(app, truth, true);
    const isRestChanged = tried(() => restOf(folder), 'unreadable') !== rest;
    const notes = [
      ...report.findings
        .filter(({ state }) => state !== 'sound')
        .map(({ part, state, words }) => `${part} ${state}: ${JSON.stringify(words)}`),
      ...problems,
    ];
    const outcomes = new Map(
      bits.map((bit) => [bit, outcomeOf(bit, { before, after, report, problems, isRestChanged })] as const),
    );
    return { outcomes, notes };
  } finally {
    await app[Symbol.asyncDispose]();
  }
}

/** Once the one that somebody's reading began has ended. */
async function lookOver(app: App): Promise<IntegrityReport> {
  for (;;) {
    try {
      return await app.integrity.look();
    } catch (error) {
      if (!isAppError(error, 'busy')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

interface Findings {
  readonly before: Seen;
  readonly after: Seen;
  readonly report: IntegrityReport;
  readonly problems: readonly string[];
  readonly isRestChanged: boolean;
}

function outcomeOf({ place }: Turned, { before, after, report, problems, isRestChanged }: Findings): Outcome {
  const kind = place.split(':')[0] ?? '';
  const noticed = report.findings.filter(({ part }) => NOTICED[kind]?.has(part));
  const states = new Set(noticed.map(({ state }) => state));
  const isDatabase = kind === 'database';
  if (isDatabase && before.changed + after.changed > 0) return 'changed content served as whole';
  const isBackup = kind === 'backups' || kind === 'sidecars';
  if (states.has('damaged') || (isBackup && problems.length > 0)) return 'damage said';
  if (isDatabase && after.missing > 0) return 'loss unsaid';
  if (states.has('repaired') || (isDatabase && before.missing > 0)) return 'made anew or restored, and said';
  return isDatabase && isRestChanged ? 'changed where no hash is' : 'nothing of it is seen';
}

export interface BitsOptions {
  readonly folder: string;
  readonly bits: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

/** Turns bits in all files of a stopped bot, and counts what comes of each. */
export async function turnBits({ folder, bits, seed, say = () => undefined }: BitsOptions): Promise<Table> {
  const random = seeded(seed);
  const template = join(folder, 'template');
  mkdirSync(template);
  const truth = await taughtFolder(template);
  const rest = restOf(template);
  // Looking in leaves them.
  for (const end of ['-wal', '-shm']) rmSync(join(template, `nescordbot.db${end}`), { force: true });
  const table: Table = new Map();
  const count = (one: Turned, outcome: Outcome, notes: readonly string[]) => {
    const row = table.get(one.place) ?? new Map<Outcome, number>();
    table.set(one.place, row.set(outcome, (row.get(outcome) ?? 0) + 1));
    say(
      `${one.file} byte ${one.byte} bit ${one.bit}: ${outcome}${notes.length === 0 ? '' : ` (${notes.join('; ').slice(0, 300)})`}`,
    );
  };
  const trial = join(folder, 'trial');
  const attempt = async (turned: readonly Turned[]) => {
    rmSync(trial, removal);
    cpSync(template, trial, { recursive: true });
    for (const one of turned) turn(trial, one);
    return tryOut(trial, truth, rest, turned);
  };
  for (let done = 0; done < bits;) {
    const turned = choose(template, random).slice(0, bits - done);
    const found = await attempt(turned);
    if (found !== null) for (const [one, outcome] of found.outcomes) count(one, outcome, found.notes);
    // One of them keeps it from starting: each by itself then.
    else
      for (const one of turned) {
        const alone = await attempt([one]);
        for (const [bit, outcome] of alone?.outcomes ?? []) count(bit, outcome, alone?.notes ?? []);
      }
    done += turned.length;
  }
  rmSync(trial, removal);
  return table;
}

export function tableText(table: Table): string {
  const outcomes = [...new Set([...table.values()].flatMap((row) => Array.from(row.keys())))].sort();
  const lines = [...table].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ['', ...outcomes].join(' | '),
    ...lines.map(([place, row]) => [place, ...outcomes.map((outcome) => row.get(outcome) ?? 0)].join(' | ')),
    // A stopped bot has none; the log of one that was killed is looked at where positions are.
    ['write-ahead log', ...outcomes.map(() => '–')].join(' | '),
  ].join('\n');
}

export const sumOf = (table: Table, outcome: Outcome): number =>
  [...table.values()].reduce((sum, row) => sum + (row.get(outcome) ?? 0), 0);
