import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnowledgeBase } from '../../src/app/knowledge-base.ts';
import type { Answer } from '../../src/knowledge/model.ts';
import { generationRequest, textOf } from '../contracts/generator.ts';
import { openTestChroma } from '../support/chroma.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { teach } from '../support/knowledge-base.ts';
import { openRealKnowledge } from '../support/real-knowledge.ts';
import { openRecordingProxy } from '../support/recording-proxy.ts';

const guildId = '100000000000000001';
const [TENANT, DATABASE] = ['team', 'bot'];

async function answerOf(base: KnowledgeBase, question: string, onText?: (text: string) => void): Promise<Answer> {
  const asked = { guildId, channelId: '1', userId: '2', locale: 'en' as const, conversation: [], question };
  for await (const event of base.answers.ask(asked)) {
    if (event.kind === 'final') return event.answer;
    if (event.kind === 'text') onText?.(event.text);
  }
  throw new Error('An answer never ends without its final event.');
}

test('Gemini and Chroma are asked as the environment says', async (t) => {
  const gemini = await openGeminiServer('key-of-this-environment-4711');
  t.after(() => gemini.close());
  const toGemini = await openRecordingProxy(t, gemini.url);
  const chroma = await openTestChroma(t);
  const toChroma = await openRecordingProxy(t, `http://127.0.0.1:${chroma.endpoint().port}`);
  const inChroma = async (path: string, body?: object) => {
    const posted = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${toChroma.origin}/api/v2/tenants${path}`, body === undefined ? {} : posted);
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  };
  await inChroma('', { name: TENANT });
  await inChroma(`/${TENANT}/databases`, { name: DATABASE });
  toChroma.requests.length = 0;

  const base = await openRealKnowledge(t, {
    env: {
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: toGemini.origin,
      GEMINI_GENERATION_MODELS: 'gemini-first,gemini-second',
      GEMINI_EMBEDDING_MODEL: 'gemini-embedding-2',
      GEMINI_EMBEDDING_DIMENSIONS: '256',
      GEMINI_CONCURRENCY: '1',
      GEMINI_TIMEOUT_SECONDS: '40',
      ANSWER_PASSAGE_TOKENS: '500',
      ANSWER_MAX_OUTPUT_TOKENS: '30000',
      ANSWER_TIMEOUT_SECONDS: '20',
      CHROMA_URL: toChroma.origin,
      CHROMA_API_KEY: 'ck-4711',
      CHROMA_TENANT: TENANT,
      CHROMA_DATABASE: DATABASE,
      CHROMADB_COLLECTION_NAME: 'other_knowledge',
    },
  });
  const sections = Array.from(
    { length: 12 },
    (_, at) => `## Harbour ${at}\n\n${`the harbour ${at} opens `.repeat(60)}`,
  );
  await teach(base, guildId, 'Harbours', `# Harbours\n\n${sections.join('\n\n')}`);
  const question = 'When does the harbour open?';
  const answer = await answerOf(base, question);
  const asked = gemini.requests.filter(({ task }) => task === 'streamGenerateContent');
  const embedded = gemini.requests.filter(({ task }) => task !== 'streamGenerateContent');

  await t.test('GEMINI_API_KEY and GEMINI_BASE_URL', () => {
    assert.equal(answer.rung, 'full');
    assert.ok(toGemini.requests.length > 0);
    for (const { headers } of toGemini.requests) assert.equal(headers['x-goog-api-key'], gemini.apiKey);
  });
  await t.test('GEMINI_GENERATION_MODELS', () =>
    assert.deepEqual(
      asked.map(({ model }) => model),
      ['gemini-first'],
    ),
  );
  await t.test('GEMINI_EMBEDDING_MODEL', () =>
    assert.deepEqual([...new Set(embedded.map(({ model }) => model))], ['gemini-embedding-2']),
  );
  await t.test('GEMINI_EMBEDDING_DIMENSIONS', () => {
    for (const { body } of embedded) assert.match(JSON.stringify(body), /"outputDimensionality":256\b/);
    assert.equal(base.engine.embedder.space.dimensions, 256);
  });
  await t.test('GEMINI_CONCURRENCY', async () => {
    toGemini.atOnce = 0;
    const texts = Array.from({ length: 500 }, (_, at) => ({ text: `line ${at}`, title: 'x' }));
    const before = toGemini.requests.length;
    await base.engine.embedder.embedDocuments(texts);
    assert.ok(toGemini.requests.length - before >= 4);
    assert.equal(toGemini.atOnce, 1);
  });
  await t.test('ANSWER_PASSAGE_TOKENS', () => {
    const prompt = JSON.stringify(asked[0]?.body);
    const seen = sections.filter((_, at) => prompt.includes(`the harbour ${at} opens`));
    assert.ok(seen.length >= 1 && seen.length <= 3, `${seen.length} passages`);
  });
  await t.test('ANSWER_MAX_OUTPUT_TOKENS', () => {
    const [, given] = /"maxOutputTokens":(\d+)/.exec(JSON.stringify(asked[0]?.body)) ?? [];
    assert.ok(Number(given) >= 30_000, given);
  });
  await t.test('GEMINI_TIMEOUT_SECONDS', async (own) => {
    own.mock.timers.enable({ apis: ['setTimeout'] });
    gemini.script({ kind: 'hang', task: 'streamGenerateContent', model: 'gemini-first' });
    const written = textOf(base.engine.generator.generate(generationRequest()));
    await gemini.received(gemini.requests.length + 1);
    own.mock.timers.tick(40_000);
    await written;
    assert.equal(base.engine.generator.name, 'gemini-second');
  });
  await t.test('ANSWER_TIMEOUT_SECONDS', async (own) => {
    gemini.answerWith(() => 'It opens at nine. [1] '.repeat(40));
    const over = Promise.withResolvers<void>();
    gemini.script({ kind: 'held', task: 'streamGenerateContent', afterPieces: 9, until: over.promise });
    own.mock.timers.enable({ apis: ['setTimeout'] });
    const late = await answerOf(base, question, (text) => {
      if (/ \[1\] /.test(text)) own.mock.timers.tick(20_000); // a whole sentence is there
    });
    over.resolve();
    assert.match(String(late.notice), /gemini-first took too long while writing/);
  });
  await t.test('CHROMA_URL, CHROMA_API_KEY, CHROMA_TENANT and CHROMA_DATABASE', () => {
    const used = toChroma.requests.filter(({ line }) => line.includes('/collections'));
    assert.ok(used.length > 0);
    for (const { line, headers } of used) {
      assert.ok(line.includes(`/api/v2/tenants/${TENANT}/databases/${DATABASE}/`), line);
      assert.equal(headers['x-chroma-token'], 'ck-4711');
    }
  });
  await t.test('CHROMADB_COLLECTION_NAME', async () => {
    const made = (await inChroma(`/${TENANT}/databases/${DATABASE}/collections`)) as { name: string }[];
    assert.ok(made.length > 0);
    for (const { name } of made) assert.match(name, /^other_knowledge/);
  });
  assert.deepEqual(gemini.problems, []);
});
