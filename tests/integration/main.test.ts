import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { MAIN } from '../support/programs.ts';
import { startMain } from '../support/start-main.ts';
import { tempFolder } from '../support/temp-store.ts';

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

test('mistakes of the configuration stand in the log file, too, and never in what may be the database', async (t) => {
  const folder = tempFolder(t);
  const LOG_FILE = join(folder, 'bot.log');
  const mistaken = { DATABASE_URL: 'postgres://db/bot', API_TOKEN: 'hunter2', LOG_FILE };
  const bot = startMain(t, mistaken);
  assert.equal(await bot.ended, 78);
  const written = await readFile(LOG_FILE, 'utf8');
  assert.match(written, / error The configuration has 2 mistakes:\n.*DATABASE_URL must be .*\n.*API_TOKEN must be /);
  assert.doesNotMatch(written, /hunter2/);

  await writeFile(LOG_FILE, 'SQLite format 3\0');
  assert.equal(await startMain(t, mistaken).ended, 78);
  assert.equal(await readFile(LOG_FILE, 'utf8'), 'SQLite format 3\0');
});

test('how much is logged, and how much of it is kept, are those of the environment', async (t) => {
  const folder = tempFolder(t);
  const LOG_FILE = join(folder, 'bot.log');
  const logging = { LOG_FILE, LOG_FILE_MB: '1', LOG_FILES: '2', LOG_LEVEL: 'error' };
  const full = `${'x'.repeat(999_999)}\n`;
  await writeFile(LOG_FILE, full);
  await writeFile(`${LOG_FILE}.1`, 'older\n');
  const bot = startMain(t, { DATABASE_URL: '/nowhere/bot.db', ...logging });
  assert.equal(await bot.ended, 78);
  assert.doesNotMatch(bot.lines().join('\n'), /is starting/);
  assert.match(await readFile(LOG_FILE, 'utf8'), /^\S+ error .*\/nowhere/);
  assert.equal(await readFile(`${LOG_FILE}.1`, 'utf8'), full);
  assert.deepEqual((await readdir(folder)).sort(), ['bot.log', 'bot.log.1']);
});

test('as compose.yaml sets it up, the playground starts without a token, and takes nothing from a proxy', async (t) => {
  const file = await readFile(new URL('../../compose.yaml', import.meta.url), 'utf8');
  const { bot: service } = (parse(file) as { services: { bot: { environment: Record<string, string> } } }).services;
  const { PORT: _, CHROMA_URL: __, ...environment } = service.environment;
  const DATA_DIR = tempFolder(t);
  const bot = startMain(t, { DATA_DIR, ...environment });
  await bot.said(/The playground is at/);
  const [, origin = ''] = /The playground is at (\S+)/.exec(bot.lines().join('\n')) ?? [];
  assert.equal((await fetch(origin)).status, 200);
  const proxied = await fetch(`${origin}/playground/dashboard`, {
    method: 'POST',
    headers: { 'x-requested-with': 'nescordbot', 'x-forwarded-for': '203.0.113.1' },
  });
  assert.equal(proxied.status, 403);
  assert.match(await (await fetch(origin, { headers: { via: '1.1 proxy' } })).text(), /for this machine alone/);
  const { PLAYGROUND_EXPOSED: ___, ...bare } = environment;
  const refused = startMain(t, { DATA_DIR, ...bare });
  assert.equal(await refused.ended, 78);
  assert.match(refused.lines().join('\n'), /PLAYGROUND_EXPOSED=true/);
});

test('whoever starts the playground reads from the first moment on what is being done, and no alarm', async (t) => {
  const folder = tempFolder(t);
  const env = { PATH: process.env['PATH'], DATA_DIR: join(folder, 'data'), PORT: '0' };
  await mkdir(env.DATA_DIR);
  const bot = spawn(process.execPath, [MAIN], { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => bot.kill('SIGKILL'));
  let log = '';
  for await (const data of bot.stdout) {
    log += String(data);
    if (/The playground is at/.test(log)) bot.kill('SIGTERM');
  }
  const steps = [
    / info  NescordBot is starting$/m,
    / info  Starting Chroma, which keeps the index$/m,
    / info  Reading NescordBot's own documentation, \d+ pages/m,
    / info  The playground is at http:/m,
  ];
  const places = steps.map((step) => log.search(step));
  assert.ok(
    places.every((at, index) => at >= 0 && at > (places[index - 1] ?? -1)),
    log,
  );
  assert.match(log.split('\n')[0] ?? '', /is starting$/);
  const known = [
    ...steps,
    // Where this runs in a container, and where it is the first to start Chroma.
    / info  Without DISCORD_TOKEN this is the playground/,
    / info  Data in .* is not on a volume/,
    / info  Chroma needs a newer C library/,
    / info  ChromaDB service initialized with persist directory: /,
    / info  ChromaDB persistence verification successful$/,
    / info  SQLite and Chroma agree /,
    / info  This is installation \w{8}, start 1 on /,
    / info  (SIGTERM received, stopping|Stopped)$/,
  ];
  const riddles = log.split('\n').filter((line) => line !== '' && !known.some((one) => one.test(line)));
  assert.deepEqual(riddles, [], 'a newcomer to the playground has not asked for more');
});
