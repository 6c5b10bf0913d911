import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { openBase } from '../support/knowledge-base.ts';
import { environmentOf, foldersIn, serversOn, type Folders } from '../support/kill-trial.ts';
import { MAIN } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';

/** Starts the real program, which is expected to give up by itself. */
async function start(t: TestContext, folders: Folders): Promise<{ code: number; output: string }> {
  const bot = spawn(process.execPath, [MAIN], { cwd: dirname(folders.database), env: environmentOf(folders) });
  t.after(() => bot.kill('SIGKILL'));
  const output: string[] = [];
  for (const stream of [bot.stdout, bot.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()));
  const [code] = await once(bot, 'close', { signal: AbortSignal.timeout(120_000) });
  return { code: Number(code), output: output.join('') };
}

const folders = (t: TestContext) => foldersIn(realpathSync(tempFolder(t)));

test('a database of a newer program stops the start, in words and with the code for wrong settings', async (t) => {
  const at = folders(t);
  await (await openBase(at))[Symbol.asyncDispose]();
  const db = new Database(at.database);
  db.pragma('user_version = 9999');
  db.close();
  const { code, output } = await start(t, at);
  assert.equal(code, 78);
  assert.match(output, /9999/);
  assert.match(output, /newer/i);
  assert.deepEqual(serversOn(at.chroma) ?? [], []);
});

test('a file that is no database stops the start, and stays as it is', async (t) => {
  const at = folders(t);
  const notes = 'These are my notes, and no database at all. '.repeat(50);
  writeFileSync(at.database, notes);
  const { code, output } = await start(t, at);
  assert.notEqual(code, 0);
  assert.match(output, /no SQLite database/);
  assert.equal(readFileSync(at.database, 'utf8'), notes);
});

test('a configured folder that is missing stops the start with its name and the remedy', async (t) => {
  const at = folders(t);
  rmSync(at.chroma, { recursive: true });
  const { code, output } = await start(t, at);
  assert.equal(code, 78);
  assert.match(output, new RegExp(`Persist directory does not exist: ${at.chroma}`));
  assert.match(output, /CHROMADB_PERSIST_DIRECTORY/);
});

test('a file in the place of a folder stops the start with the remedy', async (t) => {
  const at = folders(t);
  rmSync(at.chroma, { recursive: true });
  writeFileSync(at.chroma, '');
  const { code, output } = await start(t, at);
  assert.equal(code, 78);
  assert.match(output, /not a (folder|directory)/i);
});
