import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { createJobThreads } from '../../src/adapters/threads/job-threads.ts';
import { openBackups, type Backups } from '../../src/app/backups.ts';
import { offSiteTraces, restoreEmptyVolume } from '../../src/app/empty-volume.ts';
import { openPremises, type OwnPremises, type PremisesOptions } from '../../src/app/premises.ts';
import { parseConfig } from '../../src/config.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { AppError, type Words } from '../../src/errors.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { createTestLog } from './chroma.ts';
import { ended } from './knowledge-parts.ts';
import { quiet } from './quiet.ts';

/** One start of the bot on its volumes, without Discord. */
export interface Start extends AsyncDisposable {
  /** What the log says, and why it did not start. */
  readonly lines: readonly string[];
  /** Null when it refused to start. */
  readonly premises: OwnPremises | null;
  readonly error: AppError | null;
  /** What was said of a restore to an empty volume; null when there was none. */
  readonly restored: Words | null;
  titles(): string[];
  vectors(): Promise<number>;
  teach(title: string): Promise<void>;
  backUp(): Promise<string>;
  backups(): Promise<readonly BackupEntry[]>;
  restore(name: string): Promise<void>;
}

const guildId = '100000000000000001';

export const emptyFolder = (parent: string, name: string): string => {
  mkdirSync(join(parent, name), { recursive: true });
  return join(parent, name);
};

/** Starts the bot on what the environment names; what refuses to start is told, not thrown. */
export async function start(
  t: TestContext,
  environment: Readonly<Record<string, string>>,
  options: Partial<PremisesOptions> = {},
): Promise<Start> {
  const log = createTestLog();
  const config = parseConfig({ ...quiet, PORT: '0', ...environment });
  const threads = createJobThreads({ workerFile: new URL('../../src/backup-worker.ts', import.meta.url) });
  const gate = createWriteGate();
  const files = createDatabaseFiles(threads);
  const common = { log, clock: Date.now, random: Math.random, gate };
  let premises: OwnPremises | null = null;
  let error: AppError | null = null;
  let backups: Backups | null = null;
  let restored: Words | null = null;
  const traces = () => offSiteTraces(config, { ...common, threads, signal: undefined });
  const close = async () => {
    await backups?.[Symbol.asyncDispose]();
    await premises?.[Symbol.asyncDispose]();
    premises = null;
  };
  t.after(close);
  try {
    const own = await openPremises(config, { ...common, files, traces, ...options });
    premises = own;
    if (config.storage.restoreOnEmpty) {
      const engine = () => own.knowledge().engine;
      backups = await openBackups(config, { premises: own, threads, engine, ...common });
      const say = (what: string) => own.say(what);
      restored = await restoreEmptyVolume(config, {
        ...common,
        threads,
        backups,
        trustedClock: { ranAt: () => undefined },
        say,
        askAgainMs: [1, 1],
      });
    }
    await own.open();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    error = cause;
    await close();
  }
  const opened = premises;
  const open = (): OwnPremises => {
    if (opened === null) throw error ?? new Error('It is closed.');
    return opened;
  };
  async function manager() {
    const engine = () => open().knowledge().engine;
    backups ??= await openBackups(config, { premises: open(), threads, engine, ...common });
    return backups.manager;
  }
  return {
    get lines() {
      const said = [...log.lines.map((line) => line.replace(/^\w+ /, '')), ...(error === null ? [] : [error.message])];
      return said.flatMap((text) => text.split('\n'));
    },
    premises: opened,
    restored,
    error,
    titles: () =>
      open()
        .door.library.list(guildId, { offset: 0, limit: 50 })
        .items.map(({ title }) => title),
    vectors() {
      const { indexServer, engine } = open().knowledge();
      return indexServer.index.count({ guildId, space: engine.embedder.space });
    },
    async teach(title) {
      const { library } = open().knowledge();
      const content = Buffer.from(`# ${title}\n\nThe ${title} is open every day.\n`);
      const { job } = library.add({ guildId, title, name: `${title}.md`, content, addedBy: 'u1' });
      await ended(library, job);
    },
    async backUp() {
      const by = { id: 'u1', name: 'Morgan' };
      return (await (await manager()).create({ kind: 'manual', reason: null, by })).entry.name;
    },
    backups: async () => (await manager()).list(),
    async restore(name) {
      await (await manager()).restore(name, { id: 'u1', name: 'Morgan' });
    },
    [Symbol.asyncDispose]: close,
  };
}
