import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestBot } from '../support/bot.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { generation, quotaFailure } from '../support/gemini-server-replies.ts';
import { teach } from '../support/knowledge-base.ts';
import { openTestDiscord } from '../support/playground.ts';
import { openRealKnowledge } from '../support/real-knowledge.ts';
import { tempFolder } from '../support/temp-store.ts';

const QUESTION = 'When does the ferry to the island leave?';
const answered = ({ content }: ClientMessage) => /Sources:|出典：/.test(content);
const buttonsOf = (message: ClientMessage) =>
  message.components.flatMap((row) =>
    'components' in row ? row.components.flatMap((one) => ('label' in one ? [one.label] : [])) : [],
  );

/** The real Discord side on real knowledge with the real SDK, and Gemini on a loopback port. */
async function open(t: TestContext) {
  const there = await openTestDiscord(t);
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const folder = tempFolder(t);
  const env = {
    GEMINI_API_KEY: gemini.apiKey,
    GEMINI_BASE_URL: gemini.url,
    GEMINI_GENERATION_MODELS: 'gemini-3.7-flash,gemini-3.5-flash-lite',
  };
  async function start() {
    const knowledge = await openRealKnowledge(t, { folder, env });
    const { store, library, answers } = knowledge;
    const bot = await openTestBot(t, there, { knowledge: { library, answers, settings: store.settings } });
    return {
      knowledge,
      async stop() {
        await bot.close();
        await knowledge[Symbol.asyncDispose]();
      },
    };
  }
  const running = await start();
  await teach(running.knowledge, there.guildId, 'Ferry', 'The ferry to the island leaves at nine from the north pier.');
  const cut = (text: string) =>
    gemini.script({
      kind: 'reply',
      task: 'streamGenerateContent',
      events: [generation(text), generation('', 'MAX_TOKENS')],
    });
  return { there, gemini, start, running, cut };
}

test('an answer that was cut goes on for whoever asked, after a restart too, and for nobody else', async (t) => {
  const { there, gemini, start, running, cut } = await open(t);
  const mika = there.as('member');
  cut('It leaves at nine. [1] From the nor');
  const reply = await (await mika.command('ask', { question: QUESTION })).reply(answered);
  assert.match(reply.content, /It leaves at nine\. \[1\]\n\n-# Sources: \[1\]/);
  assert.doesNotMatch(reply.content, /From the nor/);
  assert.match(reply.content, /-# The answer became too long and was cut here\./);
  assert.equal(buttonsOf(reply)[0], 'Go on');
  await running.stop();
  const again = await start();

  const other = await (await there.as('moderator').click(reply, 'Go on')).reply();
  assert.equal(other.ephemeral, true);
  assert.match(other.content, /Only the person who asked/);
  gemini.answerWith(() => 'It goes from the north pier. [1]');
  const rest = await (await mika.click(reply, 'Go on')).reply(answered);
  assert.equal(rest.ephemeral, false);
  assert.match(rest.content, /\(continued\)\*\*\nIt goes from the north pier\. \[1\]\n\n-# Sources: \[1\]/);
  assert.ok(!buttonsOf(rest).includes('Go on'));
  const late = await (await mika.click(reply, 'Go on')).reply();
  assert.equal(late.ephemeral, true);
  assert.match(late.content, /gone on with this answer already/);
  assert.deepEqual(gemini.problems, []);
  await again.stop();
});

test('what was asked in private goes on in private, in Japanese, and what was forgotten ends kindly', async (t) => {
  const { there, gemini, running, cut } = await open(t);
  const mika = there.as('member', { locale: 'ja' });
  cut('9時に出発します。[1]北埠頭か');
  const reply = await (await mika.command('ask', { question: QUESTION, private: true })).reply(answered);
  assert.match(reply.content, /9時に出発します。\s?\[1\]\n\n/);
  assert.match(reply.content, /長さの上限に達したため、ここで区切りました。/);
  assert.equal(buttonsOf(reply)[0], '続きを読む');
  gemini.answerWith(() => '北埠頭からです。[1]');
  const rest = await (await mika.click(reply, '続きを読む')).reply(answered);
  assert.equal(rest.ephemeral, true);
  assert.match(rest.content, /（続き）\*\*\n北埠頭からです。/);
  cut('もう一度。[1]とちゅ');
  const second = await (await mika.command('ask', { question: QUESTION })).reply(answered);
  running.knowledge.library.remove(there.guildId, 1);
  const over = await (await mika.click(second, '続きを読む')).reply();
  assert.equal(over.ephemeral, true);
  assert.match(over.content, /文書がその後変わったため/);
});

test('after a fallback the model that wrote is named below the answer and in /status', async (t) => {
  const { there, gemini, running } = await open(t);
  gemini.script({ kind: 'status', status: 429, model: 'gemini-3.7-flash', body: quotaFailure('Day') });
  const reply = await (await there.as('member').command('ask', { question: QUESTION })).reply(answered);
  assert.match(reply.content, / · gemini-3\.5-flash-lite$/m);
  assert.doesNotMatch(reply.content, /quota/);
  const { content } = await (await there.as('member').command('status')).reply();
  assert.match(content, /Answers: gemini-3\.5-flash-lite/);
  assert.equal(running.knowledge.status().find(({ name }) => name === 'generator')?.detail, 'gemini-3.5-flash-lite');
});
