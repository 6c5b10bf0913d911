import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { assemble, createListedIndex, ended } from '../support/knowledge-parts.ts';
import { tempFolder } from '../support/temp-store.ts';

const child = fileURLToPath(new URL('../support/ingest-child.ts', import.meta.url));

/** Runs the child until it has acknowledged so many lines, then kills it. Adds what it acknowledged to `told`. */
async function runAndKill(file: string, lines: number, told: Set<number>, removed: Set<number>): Promise<void> {
  const running = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(running, 'close');
  let count = 0;
  for await (const line of createInterface({ input: running.stdout })) {
    if (line.startsWith('-')) removed.add(Number(line.slice(1)));
    else told.add(Number(line));
    count += 1;
    if (count === lines) running.kill('SIGKILL');
  }
  await closed;
}

test('killed again and again while documents are added and removed, nothing acknowledged is lost or half there', async (t) => {
  const file = join(tempFolder(t), 'store.db');
  const [told, removed] = [new Set<number>(), new Set<number>()];
  const kills = [1, 3, 7, 12, 25, 40];
  for (const lines of kills) await runAndKill(file, lines, told, removed);
  assert.ok(told.size >= 70 && removed.size > 5, `${told.size} added, ${removed.size} removed`);

  const store = openStore({ file, timeoutMs: 1000 });
  t.after(() => store.close());
  const index = createListedIndex();
  const { runner, library, logged } = assemble(store, { index, batchSize: 100 });
  const waiting = Promise.all(store.jobs.openJobs(null, 1000).map((job) => ended(library, job)));
  runner.start();
  t.after(() => runner.stop());
  await waiting;

  let untold = 0;
  for (const id of told) {
    const document = store.knowledge.document('g1', id);
    if (removed.has(id)) assert.equal(document, null, `document ${id} was removed`);
    // At most one a kill was removed in that very moment, before the child could say so.
    else if (document === null) untold += 1;
    else assert.deepEqual([document.state, document.chunkCount], ['ready', 30], logged.join('\n'));
  }
  assert.ok(untold <= kills.length, `${untold} documents are missing`);
  const { documents, chunks, vectors } = store.knowledge.totals();
  assert.deepEqual([chunks, vectors], [documents * 30, documents * 30]);
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  assert.deepEqual(db.pragma('foreign_key_check'), []);
  assert.equal(db.prepare('SELECT count(*) FROM chunks').pluck().get(), chunks);
});
