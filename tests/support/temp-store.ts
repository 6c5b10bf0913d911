import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import { removal } from './removal.ts';

/** A folder of the test's own, gone when it ends. */
export function tempFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-test-'));
  t.after(() => rmSync(folder, removal));
  return folder;
}

let empty: Buffer | null = null;

/** Writes what a new store's file holds; only the first one of a process takes the steps of all migrations. */
function writeEmpty(file: string): void {
  if (empty !== null) return writeFileSync(file, empty);
  openStore({ file, timeoutMs: 1000 }).close();
  empty = readFileSync(file);
}

/** A real store in a file of its own. `reopen` closes it and opens the file again, as after a restart. */
export function tempStore(t: TestContext): { store: Store; file: string; reopen: () => Store } {
  const file = join(tempFolder(t), 'store.db');
  writeEmpty(file);
  let store = openStore({ file, timeoutMs: 1000 });
  t.after(() => store.close());
  function reopen() {
    store.close();
    store = openStore({ file, timeoutMs: 1000 });
    return store;
  }
  return { store, file, reopen };
}
