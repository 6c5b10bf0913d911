import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { createSqliteCopyCheck } from '../../src/adapters/sqlite/snapshot.ts';
import { openCatalogue } from '../../src/backup/catalogue.ts';
import { folderLock } from '../../src/backup/lock.ts';
import { createBackupManager, type BackupManagerParts, type BackupRoom } from '../../src/backup/manager.ts';
import type { SnapshotSource } from '../../src/backup/ports.ts';
import { createJobSlot } from '../../src/backup/slot.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { tarZst } from './archives.ts';
import { tempFolder } from './temp-store.ts';
import { backupThreads } from './threads.ts';

export const ALICE = { id: '100000000000000001', name: 'alice' };
export const MANUAL = { kind: 'manual', reason: null, by: ALICE } as const;

export interface TestRoom extends BackupRoom {
  readonly parts: BackupManagerParts;
  readonly folder: string;
  readonly lines: string[];
  /** The wall clock, which every reading moves on by a millisecond. */
  now: number;
}

/** A manager on a folder of its own: real archives and SQLite checks, sources as the test says. */
export async function openRoom(
  t: TestContext,
  overrides: Partial<BackupManagerParts> & { readonly folder?: string } = {},
): Promise<TestRoom> {
  const folder = overrides.folder ?? join(tempFolder(t), 'backups');
  const lines: string[] = [];
  const write = (message: string, details?: object) => void lines.push(`${message} ${JSON.stringify(details ?? {})}`);
  const time = { now: Date.UTC(2026, 10, 21, 9, 30, 5) };
  const parts: BackupManagerParts = {
    catalogue: await openCatalogue(folder, { createIfMissing: true, own: () => null }),
    slot: createJobSlot({ acquireLock: folderLock(folder) }),
    sources: [await databaseSource(t), fileSource('chroma', 'chroma.sqlite3', 'the index')],
    gate: createWriteGate(),
    archive: tarZst,
    checkSqliteCopy: createSqliteCopyCheck({ threads: backupThreads }),
    drillRig: null,
    freeBytes: () => Promise.resolve(1e9),
    own: { state: () => null, movedSince: () => null },
    rules: { last: 5, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' },
    application: { name: 'nescordbot', version: '0.0.0-test' },
    collectionPrefix: 'test',
    level: 1,
    clock: () => (time.now += 1),
    log: { debug: write, info: write, warn: write, error: write },
    ...overrides,
  };
  return Object.assign(time, { parts, folder, lines, ...createBackupManager(parts) });
}

/** Copies a real, empty store of the present schema. */
export async function databaseSource(t: TestContext): Promise<SnapshotSource> {
  const file = join(tempFolder(t), 'live.db');
  openStore({ file, timeoutMs: 1000 }).close();
  return {
    name: 'sqlite',
    estimateBytes: () => Promise.resolve(100_000),
    async capture(folder, _signal, onPinned) {
      const copy = join(folder, 'nescordbot.db');
      const live = new Database(file, { readonly: true });
      await live.backup(copy);
      live.close();
      const made = new Database(copy);
      made.pragma('journal_mode = DELETE');
      made.close();
      onPinned?.();
      return { files: [{ path: 'nescordbot.db', sizeBytes: 0 }], counts: {}, version: '3' };
    },
  };
}

export function fileSource(name: SnapshotSource['name'], path: string, text: string): SnapshotSource {
  return {
    name,
    estimateBytes: () => Promise.resolve(text.length),
    async capture(folder, _signal, onPinned) {
      await writeFile(join(folder, path), text);
      onPinned?.();
      const files = [{ path, sizeBytes: text.length }];
      return { files, counts: { collections: { test: 3 } }, version: '10' };
    },
  };
}
