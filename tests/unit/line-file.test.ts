import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createLog } from '../../src/log.ts';
import { createLineFile, filesOf } from '../../src/log/line-file.ts';
import { openLogFile } from '../../src/log/log-file.ts';
import { openSmallDisk } from '../support/small-disk.ts';
import { tempFolder } from '../support/temp-store.ts';

const noTrouble = (error: unknown): void => assert.ifError(error);

test('lines are kept in order, in files of a limited size and number, and the oldest go', async (t) => {
  const folder = tempFolder(t);
  const options = { file: join(folder, 'bot.log'), maxBytes: 100, maxFiles: 3, onTrouble: noTrouble };
  const file = createLineFile(options);
  for (let number = 10; number < 40; number += 1) {
    file.append(`line ${number} ${'x'.repeat(20)}`);
    await file.flush();
  }
  assert.deepEqual((await readdir(folder)).sort(), ['bot.log', 'bot.log.1', 'bot.log.2']);
  const texts = await Promise.all(filesOf(options).map((name) => readFile(name, 'utf8')));
  const numbers = texts.map((text) => [...text.matchAll(/line (\d+)/g)].map(([, number]) => Number(number)));
  assert.deepEqual(
    numbers.reverse().flat(),
    numbers.flat().toSorted((a, b) => a - b),
    'from the oldest file to the newest',
  );
  assert.equal(numbers.flat().at(-1), 39);
  for (const name of filesOf(options)) {
    const { size, mode } = await stat(name);
    assert.ok(size <= 100);
    assert.equal(mode & 0o777, 0o600);
  }
});

test('a full disk stops neither the bot nor the console, and what waited is written when there is room', async (t) => {
  const disk = openSmallDisk(t, 1);
  if (disk === null) return;
  t.after(() => disk.close());
  const troubles: unknown[] = [];
  const file = await openLogFile(
    { file: join(disk.folder, 'logs', 'bot.log'), maxBytes: 10_000_000, maxFiles: 2 },
    (error) => void troubles.push(error),
  );
  const console = new PassThrough();
  let shown = '';
  console.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const log = createLog('info', ['planted-secret-1234'], console, file);
  log.debug('not asked for');
  log.info('before');
  await file.flush();
  disk.fill();
  for (let number = 0; number < 3000; number += 1) log.info(`line ${number} with planted-secret-1234`);
  log.info('last');
  await file.flush();
  if (!shown.includes(' last')) await once(console, 'data');
  assert.equal(shown.match(/ line \d+ with •••/g)?.length, 3000);
  assert.equal((troubles[0] as NodeJS.ErrnoException).code, 'ENOSPC');
  assert.equal(troubles.length, 1, 'said once');
  disk.empty();
  await file.flush();
  assert.equal(troubles[1], null);
  const written = await readFile(join(disk.folder, 'logs', 'bot.log'), 'utf8');
  assert.match(written, /^\S+ info {2}before\n/);
  assert.ok(!log.tail.lines().some(({ level }) => level === 'debug'));
  assert.match(written, /info {2}line 2999 with •••\n.*info {2}last\n$/);
  assert.doesNotMatch(written, /planted-secret/);
});

test("the log file's folder is made, its readers are its owner alone, and what cannot be is refused in words", async (t) => {
  const folder = tempFolder(t);
  const open = (file: string) => openLogFile({ file, maxBytes: 1000, maxFiles: 2 }, noTrouble);
  const there = join(folder, 'there.log');
  await writeFile(there, 'old\n');
  await chmod(there, 0o644);
  (await open(there)).append('new');
  await (await open(join(folder, 'a/b/bot.log'))).flush();
  assert.equal((await stat(there)).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, 'a/b/bot.log'))).mode & 0o777, 0o600);
  await mkdir(join(folder, 'folder'));
  await assert.rejects(open(join(folder, 'folder')), { code: 'config', message: /cannot be written to \(EISDIR\)/ });
  // Neither waits for a reader, nor is written through.
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await symlink(there, join(folder, 'link'));
  for (const name of ['pipe', 'link']) await assert.rejects(open(join(folder, name)), { code: 'config' });
  await assert.rejects(open('/dev/full'), { code: 'config', message: /not a file/ });
  await assert.rejects(open(join(there, 'bot.log')), { code: 'config', message: /Set LOG_FILE to a file in a folder/ });
});
