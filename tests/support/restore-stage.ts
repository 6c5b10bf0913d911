import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createTarZst } from '../../src/adapters/archive/format.ts';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { readMigrations } from '../../src/adapters/sqlite/migrate.ts';
import { createJobThreads } from '../../src/adapters/threads/job-threads.ts';
import { journalFileOf } from '../../src/app/contents.ts';
import { openPremises, type OwnPremises, type PremisesOptions } from '../../src/app/premises.ts';
import type { BackupManager } from '../../src/backup/api.ts';
import type { BackupEntry, Manifest } from '../../src/backup/model.ts';
import type { Premises } from '../../src/backup/ports.ts';
import { createRestore } from '../../src/backup/restore.ts';
import type { FoundBackup, RestoreParts } from '../../src/backup/restore-parts.ts';
import { createJobSlot } from '../../src/backup/slot.ts';
import { parseConfig, type Config } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import { recordingLog, type Logged } from './fake-discord.ts';
import { environmentOf, foldersIn } from './kill-trial.ts';
import { ended } from './knowledge-parts.ts';

export const GUILD = '900000000000000001';
export const PERSON = { id: '1', name: 'Morgan' };

export interface RestoreStage {
  readonly folder: string;
  readonly config: Config;
  readonly premises: OwnPremises;
  readonly lines: Logged[];
  readonly restore: Pick<BackupManager, 'preview' | 'restore'>;
  /** Backs up what is there now, as a plain copy of files that nobody writes to. */
  backUp(name: string, change?: Partial<Manifest>): Promise<BackupEntry>;
  teach(title: string, text: string): Promise<number>;
  titles(): string[];
  /** Titles of the documents whose passages answer. */
  found(words: string): Promise<string[]>;
}

export interface StageOptions {
  readonly premises?: Partial<PremisesOptions>;
  readonly env?: Readonly<Record<string, string>>;
  readonly parts?: Partial<RestoreParts>;
  /** Takes the place of some of what the premises do. */
  readonly disturb?: (premises: OwnPremises) => Partial<Premises>;
}

export const threads = createJobThreads({ workerFile: new URL('../../src/backup-worker.ts', import.meta.url) });

/** A restore on a real volume: SQLite, Chroma and the archive are real, the backups lie beside it. */
export async function openRestoreStage(
  t: TestContext,
  folder: string,
  options: StageOptions = {},
): Promise<RestoreStage> {
  await mkdir(join(folder, 'volume'), { recursive: true });
  const volume = join(folder, 'volume');
  const known = await readdir(volume);
  const folders = known.includes('chroma')
    ? { database: join(volume, 'bot.db'), chroma: join(volume, 'chroma') }
    : foldersIn(volume);
  const config = parseConfig({ ...environmentOf(folders), ...options.env });
  const { log, lines } = recordingLog();
  const files = createDatabaseFiles(threads);
  const premises = await openPremises(config, {
    log,
    clock: Date.now,
    random: Math.random,
    files,
    ...options.premises,
  });
  t.after(() => premises[Symbol.asyncDispose]());
  await premises.open();
  const archive = createTarZst({ threads });
  const backups = new Map<string, FoundBackup>();
  const disturbed: Premises = { ...premises, ...options.disturb?.(premises) };

  async function backUp(name: string, change: Partial<Manifest> = {}): Promise<BackupEntry> {
    const copy = join(folder, `copy-of-${name}`);
    await premises.vacate(1000);
    for (const content of premises.contents) {
      const to = join(copy, content.name);
      await mkdir(to, { recursive: true });
      for (const entry of await readdir(content.root)) {
        if (!content.owns(entry)) continue;
        const target = entry === 'bot.db' ? 'nescordbot.db' : entry;
        await cp(join(content.root, entry), join(to, target), { recursive: true });
      }
    }
    await files.assertUnused(join(copy, 'sqlite/nescordbot.db'));
    const tables = await premises.tables();
    await premises.reoccupy();
    premises.resume();
    const all = await readdir(copy, { recursive: true, withFileTypes: true });
    const paths = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name).slice(copy.length + 1));
    const file = join(folder, `${name}.tar.zst`);
    const manifest: Manifest = {
      format: 1,
      name,
      createdAt: new Date().toISOString(),
      application: { name: 'nescordbot', version: '0.1.0' },
      schemaVersion: readMigrations().length,
      sqliteVersion: '3',
      chromaVersion: '1.3.4',
      collectionPrefix: config.chroma.collectionPrefix,
      spaces: [premises.knowledge().engine.embedder.space.id],
      kind: 'manual',
      reason: null,
      by: PERSON,
      gateMs: 0,
      durationMs: 0,
      counts: { tables, collections: {}, knowledge: null },
      identity: null,
      files: [],
      ...change,
    };
    await archive.write({ file, folder: copy, paths, level: 1, manifest: () => '{}' });
    const read = await archive.read(file);
    const sidecar = {
      manifest: { ...manifest, files: read.files },
      archive: read,
      pinned: false,
      verified: null,
      drilled: null,
      safetyUntil: null,
      doubtedSince: null,
    };
    const entry: BackupEntry = {
      name,
      sizeBytes: read.sizeBytes,
      createdAt: Date.now(),
      state: 'good',
      problem: null,
      standing: 'current',
      sidecar,
    };
    backups.set(name, { entry, file, manifest: sidecar.manifest });
    return entry;
  }

  async function find(name: string): Promise<FoundBackup> {
    const found = backups.get(name);
    if (found === undefined) throw new AppError('not_found', `There is no ${name}.`);
    return found;
  }

  let saved = 0;
  const restore = createRestore({
    slot: createJobSlot(),
    source: {
      find,
      async asWritten(found, unpack) {
        await unpack(found);
        return found;
      },
      async whole(found, _job, unpack) {
        await unpack(found);
        return found;
      },
    },
    archive,
    checkCopy: (file, signal) => threads.run('checkCopy', { file }, signal === undefined ? {} : { signal }),
    files,
    save: () => backUp(`safety-${(saved += 1)}`),
    setAside: () => Promise.reject(new Error('nothing here is damaged')),
    room: {
      list: async () => [...backups.values()].map(({ entry }) => entry),
      freeName: async () => 'none',
      show: async (name) => (await find(name)).entry,
      remove: async () => undefined,
    },
    premises: disturbed,
    databaseFile: config.database.file,
    journalFile: journalFileOf(config),
    capabilities: () => ({
      schemaVersion: readMigrations().length,
      chromaVersion: '1.3.4',
      collectionPrefix: config.chroma.collectionPrefix,
      space: premises.knowledge().engine.embedder.space.id,
    }),
    clock: Date.now,
    random: Math.random,
    log,
    drainMs: 2000,
    ...options.parts,
  });

  const { library } = premises.door;
  return {
    folder,
    config,
    premises,
    lines,
    restore,
    backUp,
    async teach(title, text) {
      const { job, document } = library.add({
        guildId: GUILD,
        title,
        name: `${title}.md`,
        content: Buffer.from(text),
        addedBy: 'u1',
      });
      await ended(library, job);
      return document.id;
    },
    titles: () =>
      library
        .list(GUILD, { offset: 0, limit: 50 })
        .items.map(({ title }) => title)
        .sort(),
    async found(words) {
      const { passages } = await library.search(GUILD, words, 3);
      return passages.map(({ title }) => title);
    },
  };
}
