import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { freePort, startChild, untilReady } from '../../src/adapters/chroma/child.ts';
import { openGlibc } from '../../src/adapters/chroma/glibc.ts';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import { recordChild, recordName } from '../../src/adapters/chroma/orphan.ts';
import { findRunningServer } from '../../src/adapters/chroma/running.ts';
import { isAppError } from '../../src/errors.ts';
import { cacheDirectory, createTestLog, openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { keyOf, records, unitVector } from '../support/vectors.ts';

const key = keyOf('one');

test('a killed server is noticed at once, comes back by itself, and has kept what it acknowledged', async (t) => {
  const log = createTestLog();
  const server = await openTestChroma(t, { log, backOffMs: () => 3_000 });
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  await index.upsert(key, records(1, 20));
  const before = server.pid() ?? 0;
  process.kill(before, 'SIGKILL');
  await until(() => server.state().state !== 'ok');
  const refusal = index.nearest(key, unitVector(3), 1).catch((error: unknown) => error);
  const first = await Promise.race([refusal, setImmediate('the next turn of the event loop')]);
  assert.ok(isAppError(first, 'unavailable'), `nobody waits for a server that is known to be down: ${String(first)}`);
  await server.ready(60_000);
  assert.notEqual(server.pid(), before);
  assert.equal((await index.nearest(key, unitVector(3), 1))[0]?.id, 3);
  assert.ok(log.lines.some((line) => line.includes('ended unexpectedly (signal SIGKILL)')));
});

test('a request under way when the server dies fails as unavailable', async (t) => {
  const server = await openTestChroma(t, { backOffMs: () => 5_000 });
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  const writing = index.upsert(key, records(1, 8_000));
  const refused = assert.rejects(writing, (error) => isAppError(error, 'unavailable'));
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await refused;
});

test('a server that accepts and never answers is given up after the time-out, or when the caller cancels', async (t) => {
  const server = await openTestChroma(t);
  const patient = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  await patient.upsert(key, records(1, 3));
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test', timeoutMs: 300 });
  process.kill(server.pid() ?? 0, 'SIGSTOP');
  t.after(() => process.kill(server.pid() ?? 0, 'SIGCONT'));
  await assert.rejects(index.nearest(key, unitVector(1), 1), (error) => isAppError(error, 'unavailable'));
  const cancelled = AbortSignal.timeout(30);
  await assert.rejects(index.nearest(key, unitVector(1), 1, cancelled), (error) => isAppError(error, 'aborted'));
  process.kill(server.pid() ?? 0, 'SIGCONT');
  await until(async () => (await patient.nearest(key, unitVector(1), 1).catch(() => [])).length === 1);
});

test('a collection that somebody else dropped is looked up anew, and made anew by a write', async (t) => {
  const server = await openTestChroma(t);
  const [index, other] = [0, 1].map(() => openChromaIndex({ connection: server, collectionPrefix: 'test' }));
  assert.ok(index !== undefined && other !== undefined);
  await index.upsert(key, records(1, 3));
  await other.drop(key);
  assert.deepEqual(await index.nearest(key, unitVector(1), 1), []);
  await other.upsert(key, records(5, 7));
  assert.equal(await index.count(key), 2);
  await other.drop(key);
  await index.upsert(key, records(8, 9));
  assert.equal(await other.count(key), 1);
});

test('collections of other prefixes on the same server are not ours', async (t) => {
  const connection = await openTestChroma(t);
  const mine = openChromaIndex({ connection, collectionPrefix: 'bot' });
  const theirs = openChromaIndex({ connection, collectionPrefix: 'bot_two' });
  await theirs.upsert(key, records(1, 3));
  assert.deepEqual(await mine.collections(), []);
  assert.equal(await mine.count(key), 0);
});

test('a second process is refused a directory in words, and a killed one leaves neither lock nor server behind', async (t) => {
  const directory = await temporaryFolder(t);
  const owner = await startOwner(t, directory);
  await assert.rejects(
    openTestChroma(t, { directory }),
    (error) => isAppError(error, 'conflict') && /Another NescordBot/.test(error.message),
  );
  owner.process.kill('SIGKILL');
  await once(owner.process, 'exit');
  const server = await openTestChroma(t, { directory });
  assert.ok(!(await isAlive(owner.chromaPid)), 'two servers would spoil the folder');
  assert.equal(server.state().state, 'ok');
});

for (const signal of ['SIGTERM', 'SIGSTOP'] as const)
  test(`a server that was sent ${signal} does not outlive its bot for long, though it heeds nothing`, async (t) => {
    const owner = await startOwner(t, await temporaryFolder(t));
    t.after(async () => (await isAlive(owner.chromaPid)) && process.kill(owner.chromaPid, 'SIGKILL'));
    process.kill(owner.chromaPid, signal); // SIGTERM makes it take a core for ever
    owner.process.kill('SIGKILL');
    await until(async () => !(await isAlive(owner.chromaPid)));
  });

test('a server that runs and does not answer any more is ended, and another one takes its place', async (t) => {
  const log = createTestLog();
  const server = await openTestChroma(t, { log, lookEveryMs: 500, stopTimeoutMs: 500 });
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  await index.upsert(key, records(1, 4));
  const before = server.pid() ?? 0;
  process.kill(before, 'SIGTERM');
  await until(() => ![before, null].includes(server.pid()));
  assert.ok(!(await isAlive(before)));
  await server.ready(60_000);
  assert.equal(await index.count(key), 3);
});

test('another process can use the server of the bot that runs, and finds none when no bot does', async (t) => {
  const directory = await temporaryFolder(t);
  assert.equal(await findRunningServer(directory), null);
  assert.equal(await findRunningServer(join(directory, 'nowhere')), null);
  const owner = await startOwner(t, directory);
  const connection = await findRunningServer(directory);
  assert.ok(connection !== null);
  const index = openChromaIndex({ connection, collectionPrefix: 'test' });
  await index.upsert(key, records(1, 4));
  assert.equal(await index.count(key), 3);
  owner.process.kill('SIGKILL');
  await once(owner.process, 'exit');
  assert.equal(await findRunningServer(directory), null);
});

test('a lock in our own process is respected as well', async (t) => {
  const directory = await temporaryFolder(t);
  const first = await openTestChroma(t, { directory });
  await assert.rejects(openTestChroma(t, { directory }), (error) => isAppError(error, 'conflict'));
  await first.close();
  await (await openTestChroma(t, { directory })).close();
});

test('a port that somebody took meanwhile is given up for another, even where another Chroma answers on it', async (t) => {
  const other = await openTestChroma(t);
  const taken = other.endpoint().port;
  let choices = 0;
  const choosePort = async () => ((choices += 1) <= 2 ? taken : freePort());
  const server = await openTestChroma(t, { choosePort });
  assert.equal(choices, 3);
  assert.notEqual(server.endpoint().port, taken);
  const index = openChromaIndex({ connection: server, collectionPrefix: 'test' });
  await index.upsert(key, records(1, 3));
  assert.equal(await openChromaIndex({ connection: other, collectionPrefix: 'test' }).count(key), 0);
});

test('a server of which no record can be kept is not left running', async (t) => {
  const directory = await temporaryFolder(t);
  async function choosePort() {
    await mkdir(join(directory, recordName)); // where its record was to be
    return freePort();
  }
  await assert.rejects(openTestChroma(t, { directory, choosePort }), { code: 'EISDIR' });
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-eo', 'args=']);
  assert.ok(!stdout.includes(directory), 'it would serve the directory beside the next one');
});

for (const isRecorded of [true, false])
  test(`a server that an earlier run left on the directory${isRecorded ? '' : ', and did not live to record,'} is ended before a new one starts`, async (t) => {
    if (!isRecorded && process.platform !== 'linux') return t.skip('only Linux tells of all processes');
    const directory = await temporaryFolder(t);
    const log = createTestLog();
    const prefix = await openGlibc({ cacheDirectory, log });
    const orphan = await startChild({ directory, prefix, log, stopTimeoutMs: 1_000 });
    t.after(() => orphan.stop());
    assert.equal(await untilReady(orphan, 20_000), 'ready');
    if (isRecorded) await recordChild(join(directory, 'nescordbot-child.json'), orphan.pid, orphan.port);
    const server = await openTestChroma(t, { directory, log });
    assert.equal((await orphan.exited).code, 0);
    assert.notEqual(server.pid(), orphan.pid);
    assert.ok(log.lines.some((line) => line.includes(`Ended a Chroma server (pid ${orphan.pid})`)));
  });

test('a record of a process that is not Chroma on this directory harms nobody', async (t) => {
  const directory = await temporaryFolder(t);
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  t.after(() => bystander.kill('SIGKILL'));
  const stat = await readFile(`/proc/${bystander.pid}/stat`, 'utf8').catch(() => '');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  for (const content of [JSON.stringify({ pid: bystander.pid, startedAt }), '{"pid":', '']) {
    await writeFile(join(directory, 'nescordbot-child.json'), content);
    await (await openTestChroma(t, { directory })).close();
  }
  assert.equal(bystander.exitCode ?? bystander.signalCode, null);
});

test('closing stops the process, and what comes after is told that there is no server', async (t) => {
  const server = await openTestChroma(t);
  const pid = server.pid() ?? 0;
  await Promise.all([server.close(), server.close()]);
  assert.ok(!(await isAlive(pid)));
  assert.throws(
    () => server.endpoint(),
    (error) => isAppError(error, 'unavailable'),
  );
});

test('closing while the server is being restarted does not wait for it and leaves no process behind', async (t) => {
  const log = createTestLog();
  const server = await openTestChroma(t, { log, backOffMs: () => 0 });
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await until(() => server.state().state === 'starting');
  await server.close();
  assert.equal(server.pid(), null);
  assert.deepEqual(server.state(), { state: 'down', detail: 'stopped' });
});

async function startOwner(t: TestContext, directory: string) {
  const program = new URL('../support/chroma-owner.ts', import.meta.url).pathname;
  const owner = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => owner.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  return { process: owner, chromaPid: Number(line) };
}

/** A process that has ended stays listed as a zombie until its parent takes note, which not every container's init does. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(5);
}
