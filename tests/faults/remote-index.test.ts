import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createIndexMarker } from '../../src/adapters/chroma/marker.ts';
import { openKnowledgeBase, type KnowledgeBase } from '../../src/app/knowledge-base.ts';
import { openShell } from '../../src/app/shell.ts';
import { openVolumeLock } from '../../src/app/volume-lock.ts';
import { parseConfig } from '../../src/config.ts';
import { isAppError } from '../../src/errors.ts';
import type { Answer } from '../../src/knowledge/model.ts';
import { createTestLog, openTestChroma, temporaryFolder } from '../support/chroma.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { ownPort } from '../support/own-port.ts';
import { tempFolder } from '../support/temp-store.ts';

const guildId = '100000000000000001';
const question = 'Where does the Rhine flow?';
const text = '# Rivers\n\n## The Rhine\n\nThe Rhine flows through Basel to the sea.';

function remoteConfig(t: TestContext, port: number) {
  const env = environmentOf(foldersIn(tempFolder(t)));
  return parseConfig({ ...env, CHROMA_URL: `http://127.0.0.1:${port}`, HOME_GUILD_ID: guildId });
}

async function answerTo(base: Pick<KnowledgeBase, 'answers'>): Promise<Answer> {
  const more = { guildId, channelId: '1', userId: '2', locale: 'en' as const, conversation: [] };
  for await (const event of base.answers.ask({ ...more, question })) if (event.kind === 'final') return event.answer;
  throw new Error('An answer never ends without its final event.');
}

const chromaOf = (base: KnowledgeBase) => base.status().find(({ name }) => name === 'chroma');

function add({ library }: Pick<KnowledgeBase, 'library'>, title = 'Rivers', content = text) {
  const { job } = library.add({ guildId, title, name: 'x.md', content: Buffer.from(content), addedBy: 'u1' });
  assert.ok(job !== null);
  const ended = Promise.withResolvers<string>();
  library.watchJob(job.id, ({ state }) => {
    if (state === 'done' || state === 'failed') ended.resolve(state);
  });
  return { job, ended: ended.promise };
}

test('a remote Chroma that is down at the start is waited for: words alone answer, and all comes right by itself', async (t) => {
  const port = await ownPort();
  const config = remoteConfig(t, port);
  const log = createTestLog();
  let now = Date.now();
  const before = await openTestChroma(t, { choosePort: async () => port });
  {
    await using earlier = await openKnowledgeBase(config, { log: createTestLog(), clock: () => now, random: () => 0 });
    assert.equal(await add(earlier).ended, 'done');
  }
  await before.close();

  await using base = await openKnowledgeBase(config, { log, clock: () => now, random: () => 0, comebackMs: 20 });
  assert.equal(chromaOf(base)?.state, 'degraded');
  assert.match(chromaOf(base)?.detail ?? '', /^remote server 127\.0\.0\.1:\d+: Chroma cannot be reached/);
  const { job, ended } = add(base, 'Lakes', text.replaceAll('Rhine', 'Lake'));
  const words = await answerTo(base);
  assert.deepEqual([words.rung, words.outcome], ['keywords', 'answered']);
  assert.equal(base.library.job(job.id)?.attempts, 0, 'the job waits, and does not fail');

  await openTestChroma(t, { choosePort: async () => port });
  assert.equal(await ended, 'done');
  assert.equal(chromaOf(base)?.state, 'ok');
  now += 10 * 60_000; // what failed a while ago is tried again after a rest
  const answer = await answerTo(base);
  assert.deepEqual([answer.rung, answer.outcome], ['full', 'answered']);
  const turns = log.lines.filter((line) => /^info Database (and|or) index/.test(line));
  assert.deepEqual(turns, [
    'info Database or index are down; jobs wait until they are back.',
    'info Database and index are there; jobs go on.',
  ]);
  assert.ok(!log.lines.some((line) => /ingest job/.test(line)), log.lines.join('\n'));
});

test('a remote Chroma that goes down later is told of once, and asked again until it is back', async (t) => {
  const port = await ownPort();
  const config = remoteConfig(t, port);
  const log = createTestLog();
  const server = await openTestChroma(t, { choosePort: async () => port });
  await using base = await openKnowledgeBase(config, { log, clock: Date.now, random: () => 0, comebackMs: 20 });
  assert.equal(chromaOf(base)?.state, 'ok');
  assert.equal(await add(base).ended, 'done');
  await server.close();
  assert.equal((await answerTo(base)).rung, 'keywords');
  assert.equal((await answerTo(base)).rung, 'keywords');
  assert.equal(chromaOf(base)?.state, 'degraded');
  const back = Promise.withResolvers<void>();
  const logged = log.info.bind(log);
  log.info = (message) => {
    logged(message);
    if (/Chroma is back/.test(message)) back.resolve();
  };
  await openTestChroma(t, { choosePort: async () => port });
  await back.promise;
  assert.equal(chromaOf(base)?.state, 'ok');
  assert.equal(log.lines.filter((line) => /Chroma cannot be used/.test(line)).length, 1);
});

test('a server that comes back as another bot’s is left alone', async (t) => {
  const port = await ownPort();
  const config = remoteConfig(t, port);
  const marker = (installationId: string) => ({
    installationId,
    starts: 1,
    lastStartAt: 0,
    application: null,
    lineage: [],
    position: null,
  });
  const server = await openTestChroma(t, { choosePort: async () => port });
  {
    await using earlier = await openKnowledgeBase(config, { log: createTestLog(), clock: Date.now, random: () => 0 });
    assert.equal(await add(earlier).ended, 'done');
    earlier.store.settings.saveSetting('installation', 'marker', marker('11111111-1111'));
  }
  await server.close();
  const directory = await temporaryFolder(t);
  const others = await openTestChroma(t, { directory });
  await createIndexMarker(others, config.chroma.collectionPrefix).write(marker('22222222-2222'));
  await others.close();
  const refused = Promise.withResolvers<unknown>();
  const error = (message: string, details?: object) => {
    if (/yet not be used/.test(message)) refused.resolve(details);
  };
  const log = { ...createTestLog(), error };
  await using base = await openKnowledgeBase(config, { log, clock: Date.now, random: () => 0, comebackMs: 20 });
  await openTestChroma(t, { directory, choosePort: async () => port });
  assert.match(String(((await refused.promise) as { error: Error }).error), /belongs to installation 22222222/);
  const { job } = add(base, 'Lakes', 'The lake is deep.');
  assert.equal((await answerTo(base)).outcome, 'answered');
  assert.equal(base.library.job(job.id)?.state, 'queued', 'nothing is written there');
  assert.deepEqual(await base.indexServer.index.collections(), []);
});

test('a remote Chroma that refuses the key ends the start with the settings to look at', async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"error":"AuthError","message":"Unauthorized"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  await assert.rejects(
    openKnowledgeBase(remoteConfig(t, port), { log: createTestLog(), clock: Date.now, random: Math.random }),
    (error) => isAppError(error, 'config') && /CHROMA_API_KEY/.test(error.message),
  );
});

test('beside a bot with a remote Chroma, a shell leaves the jobs to the bot; without one it does them', async (t) => {
  const server = await openTestChroma(t);
  const config = remoteConfig(t, server.endpoint().port);
  const options = { log: createTestLog(), signal: new AbortController().signal, guildId };
  const bot = openVolumeLock(config.database.file);
  const { job } = await (async () => {
    await using shell = await openShell(config, options);
    const added = add(shell);
    assert.equal((await answerTo(shell)).outcome, 'refused');
    return added;
  })();
  {
    await using shell = await openShell(config, options);
    assert.equal(shell.library.job(job.id)?.state, 'queued', 'nobody took it up');
  }
  bot[Symbol.dispose]();
  await using shell = await openShell(config, options);
  const done = Promise.withResolvers<string>();
  shell.library.watchJob(job.id, ({ state }) => {
    if (state === 'done' || state === 'failed') done.resolve(state);
  });
  assert.equal(await done.promise, 'done');
  assert.throws(
    () => openVolumeLock(config.database.file),
    (error) => isAppError(error, 'conflict'),
  );
});
