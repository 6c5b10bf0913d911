import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { tempFolder } from '../support/temp-store.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('a bot that is asked to stop while it starts stops in order', async (t) => {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'chroma'));
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    PORT: '0',
  };
  const bot = spawn(process.execPath, [MAIN], { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => bot.kill('SIGKILL'));
  bot.stdout.once('data', () => bot.kill('SIGTERM')); // Chroma is up; nothing has been compared yet
  const [log, [code]] = await Promise.all([text(bot.stdout), once(bot, 'exit')]);
  assert.equal(code, 0, log);
  assert.match(log, /SIGTERM received, stopping\n.*Stopped\n$/);
  assert.doesNotMatch(log, / error /);
});

test('why a bot could not start stands in the log file, too', async (t) => {
  const folder = tempFolder(t);
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: '/nowhere/bot.db',
    PORT: '0',
    LOG_FILE: join(folder, 'bot.log'),
  };
  const bot = spawn(process.execPath, [MAIN], { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => bot.kill('SIGKILL'));
  const [log, [code]] = await Promise.all([text(bot.stdout), once(bot, 'exit')]);
  assert.equal(code, 78, log);
  assert.match(log, / error .*\/nowhere/);
  assert.equal(await readFile(env.LOG_FILE, 'utf8'), log);
});
