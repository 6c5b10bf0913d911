import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openApp } from '../../src/app.ts';
import type { Stage } from '../../src/backup/api.ts';
import { parseConfig } from '../../src/config.ts';
import { openPerson } from '../image/person.ts';
import { teachApp, titlesOf } from '../support/app-person.ts';
import { createTestLog } from '../support/chroma.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { textAbout } from '../support/kill-trial.ts';
import { quiet } from '../support/quiet.ts';
import { startMain } from '../support/start-main.ts';
import { tempFolder } from '../support/temp-store.ts';

const WITHIN_MS = 10_000;
const API_TOKEN = 'stopping-0123456789-abcdefghijklmnop';

/** The real program with somebody before it, and a Gemini that does as it is told. */
async function running(t: TestContext) {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const DATA_DIR = tempFolder(t);
  const bot = startMain(t, {
    DATA_DIR,
    GEMINI_API_KEY: gemini.apiKey,
    GEMINI_BASE_URL: gemini.url,
    GEMINI_EMBEDDING_DIMENSIONS: '128',
    API_TOKEN,
  });
  await bot.said(/The playground is at (\S+)/);
  const origin = /The playground is at (\S+)/.exec(bot.lines().join('\n'))?.[1] ?? '';
  const open = async (persona: 'member' | 'operator' | 'moderator') => {
    const { person, ...rest } = await openPerson(origin, persona);
    t.after(() => rest[Symbol.dispose]());
    return person;
  };
  async function stop(): Promise<{ code: number; ms: number }> {
    const begun = performance.now();
    bot.child.kill('SIGTERM');
    const code = await bot.ended;
    return { code, ms: Math.round(performance.now() - begun) };
  }
  const askApi = () =>
    fetch(`${origin}/api/knowledge/ask`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ question: 'How do I make a backup?' }),
    });
  return { gemini, bot, open, stop, DATA_DIR, origin, askApi };
}

/** Nothing is left that only a crash leaves. */
function assertTidy(folder: string): void {
  for (const name of ['nescordbot.db-wal', 'nescordbot.db-journal']) {
    const file = join(folder, name);
    assert.ok(!existsSync(file) || statSync(file).size === 0, `${name} was moved into the database`);
  }
  const left = readdirSync(join(folder, 'backups')).filter((name) => /partial|^\.work-/.test(name));
  assert.deepEqual(left, []);
}

test('an answer that has begun is finished when the bot is asked to stop, in Discord and in the API', async (t) => {
  const { gemini, bot, open, stop, DATA_DIR, askApi } = await running(t);
  const mika = await open('member');
  gemini.answerWith(
    () => 'The bot keeps what it was taught in one place, and says where each sentence comes from [1].',
  );
  const goOn = Promise.withResolvers<void>();
  gemini.script({ kind: 'held', afterPieces: 4, until: goOn.promise, task: 'streamGenerateContent', times: 2 });
  const throughApi = askApi();
  const asked = await mika.command('ask', { question: 'How do I make a backup?' });
  await asked.reply(({ content }) => content.includes('keeps'));
  const begun = () => gemini.requests.filter(({ task }) => task === 'streamGenerateContent').length;
  while (begun() < 2) await gemini.received(gemini.requests.length + 1);
  const stopped = stop();
  await bot.said(/SIGTERM received/);
  const late = await askApi();
  assert.deepEqual([late.status, late.headers.get('connection')], [503, 'close'], 'it takes no new work');
  assert.match(await late.text(), /I am being restarted/);
  goOn.resolve();
  const reply = await asked.reply(({ content }) => content.includes('each sentence comes from'));
  assert.doesNotMatch(reply.content, /restarted/);
  const answered = await throughApi;
  assert.equal(answered.status, 200);
  assert.match(await answered.text(), /each sentence comes from/);
  const { code, ms } = await stopped;
  t.diagnostic(`stopped within ${ms} ms, with an answer under way`);
  assert.equal(code, 0, bot.lines().join('\n'));
  assert.ok(ms < WITHIN_MS, `${ms} ms`);
  assert.ok(!bot.lines().some((line) => /connection/.test(line)), 'no connection was lost');
  assertTidy(DATA_DIR);
});

test('with an answer without end, a document at its embedding and a backup under way, the bot stops within ten seconds and tells everybody', async (t) => {
  const { gemini, bot, open, stop, DATA_DIR, origin, askApi } = await running(t);
  const [mika, morgan] = [await open('member'), await open('operator')];
  gemini.script({ kind: 'hang', task: 'streamGenerateContent', times: 9 });
  const throughApi = askApi();
  const asked = await mika.command('ask', { question: 'How do I make a backup?' });
  await asked.reply(({ content }) => /Reading|passage|Writing|Searching/i.test(content));
  gemini.script({ kind: 'hang', task: 'batchEmbedContents', times: 99 });
  const before = gemini.requests.length;
  const file = await morgan.upload('big.md', textAbout('lighthouse', 400));
  await morgan.command('knowledge add', { file });
  await gemini.received(before + 1);
  await morgan.command('backup');
  const stopped = stop();
  await bot.said(/SIGTERM received/);
  const ready = await fetch(`${origin}/readyz`);
  assert.equal(ready.status, 503, 'it takes no new work');
  const reply = await asked.reply(({ content }) => content.includes('restarted'));
  assert.match(reply.content, /I am being restarted/);
  const refused = await throughApi;
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /I am being restarted/);
  const { code, ms } = await stopped;
  t.diagnostic(`stopped within ${ms} ms, with everything under way`);
  assert.equal(code, 0, bot.lines().join('\n'));
  assert.ok(ms < WITHIN_MS, `${ms} ms`);
  assertTidy(DATA_DIR);
});

test('a second signal ends the bot at once', async (t) => {
  const { gemini, bot, open, stop } = await running(t);
  const mika = await open('member');
  gemini.script({ kind: 'hang', task: 'streamGenerateContent', times: 9 });
  const before = gemini.requests.length;
  await mika.command('ask', { question: 'How do I make a backup?' });
  await gemini.received(before + 2); // the question's embedding, and the answer
  void stop();
  await bot.said(/SIGTERM received/);
  const { code, ms } = await stop();
  assert.equal(code, 1);
  assert.ok(ms < 5_000, `${ms} ms: the answer was not given the time to end`);
});

test('a bot that is stopped while it restores comes back wholly as it was or wholly restored', async (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'data'));
  const config = parseConfig({
    DATA_DIR: join(folder, 'data'),
    ...quiet,
    PORT: '0',
  });
  const log = createTestLog();
  const open = () => openApp(config, { log, firstLesson: false });
  let app = await open();
  t.after(() => app[Symbol.asyncDispose]());
  const by = { id: '1', name: 'Morgan' };
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const name = (await app.backups.create({ kind: 'manual', reason: null, by })).entry.name;
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  const outcomes: string[] = [];
  for (const when of ['staging', 'saving', 'swapping', 'opening'] satisfies Stage[]) {
    const reached = Promise.withResolvers<void>();
    const onProgress = ({ stage }: { stage: Stage }) => void (stage === when && reached.resolve());
    const restored = app.backups.restore(name, by, { onProgress }).then(
      () => 'restored',
      () => 'given up',
    );
    await reached.promise;
    const begun = performance.now();
    await app[Symbol.asyncDispose]();
    outcomes.push(`${when}: ${await restored}, ${Math.round(performance.now() - begun)} ms`);
    app = await open();
    const expected = (await restored) === 'restored' ? ['lighthouse'] : ['ferry', 'lighthouse'];
    assert.deepEqual(titlesOf(app), expected, outcomes.at(-1));
    assert.deepEqual(app.recovery.outcome, 'nothing', 'there was nothing to put right');
    if ((await restored) === 'restored') await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  }
  t.diagnostic(outcomes.join('; '));
});
