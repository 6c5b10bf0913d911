import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createEngine } from '../../src/app/engine.ts';
import { parseConfig } from '../../src/config.ts';
import { isAppError, wordsIn, type AppError } from '../../src/errors.ts';
import { generationRequest, textOf } from '../contracts/generator.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { generation, quotaFailure } from '../support/gemini-server-replies.ts';

const model = 'gemini-3.6-flash';
const ANSWER = 'It leaves at nine. [1]';
const event = (data: unknown) => `data: ${JSON.stringify(data)}\r\n\r\n`;
const whole = event(generation(ANSWER, 'STOP'));
const parts = (...all: unknown[]) => event({ candidates: [{ content: { role: 'model', parts: all }, index: 0 }] });

/** One model, and a server that replies with these bytes. */
async function open(t: TestContext, chunks: readonly (string | Uint8Array)[], after: 'end' | 'stand still' = 'end') {
  const bench = await openGeminiBench(t);
  bench.server.script({ kind: 'raw', chunks, after, times: 99 });
  return { ...bench, gemini: bench.generator({ models: [model] }) };
}

async function failureOf(pieces: AsyncIterable<string>): Promise<AppError> {
  try {
    await textOf(pieces);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

const harmless = {
  'a line separator within its text': [event(generation('It leaves\u2028at nine. [1]', 'STOP'))],
  'comments between its events': [': alive\n\n', whole],
  'names of its events': [`event: message\n${whole}`],
  'characters cut apart on the way': Array.from(Buffer.from(event(generation('9時に出発。[1]', 'STOP'))), (byte) =>
    Uint8Array.of(byte),
  ),
};
for (const [what, chunks] of Object.entries(harmless)) {
  test(`an answer is read whole with ${what}`, async (t) => {
    const { gemini } = await open(t, chunks);
    assert.match(await textOf(gemini.generate(generationRequest())), /^(?:It leaves\sat nine|9時に出発).*\[1\]$/s);
  });
}

const broken = {
  'no object': ['data: null\n\n'],
  'a list': ['data: [{"candidates": []}]\n\n'],
  'a page for browsers': ['<!doctype html>\n\n<html>\n\nPlease log in.</html>\n\n'],
  'no UTF-8': [Uint8Array.of(...Buffer.from('data: {"a":"'), 0xff, 0xfe, ...Buffer.from('"}\n\n'))],
};
for (const [what, chunks] of Object.entries(broken)) {
  test(`a reply that is ${what} could not be read, in both languages and without a word of it`, async (t) => {
    const { gemini } = await open(t, chunks);
    const error = await failureOf(gemini.generate(generationRequest()));
    assert.equal(error.code, 'unavailable');
    assert.equal(wordsIn('en', error.words), 'Gemini’s reply could not be read. Try again in a minute.');
    assert.match(wordsIn('ja', error.words), /^Gemini の応答を読み取れませんでした。/);
  });
}

test('an event without an end is given up, not held until the time is up', async (t) => {
  const long = Array.from({ length: 40 }, () => 'x'.repeat(50_000));
  const { gemini } = await open(t, ['data: {"candidates":"', ...long], 'stand still');
  const error = await failureOf(gemini.generate(generationRequest()));
  assert.match(error.message, /could not be read/);
});

test('a reply without content and a finish that is no word are no answer and no defect', async (t) => {
  const finish = event({ candidates: [{ finishReason: { reason: 'STOP' } }] });
  for (const chunks of [
    [event({ candidates: {}, promptFeedback: { blockReason: null } })],
    [event({ candidates: [null] })],
    [event(generation(ANSWER)), finish],
  ]) {
    const { gemini } = await open(t, chunks);
    assert.equal((await failureOf(gemini.generate(generationRequest()))).code, 'unavailable');
  }
});

test('only the text of the first candidate is the answer: no thoughts, tools, files or other candidates', async (t) => {
  const { gemini } = await open(t, [
    parts({ text: 'Thinking of it.', thought: 'true' }, { text: 7 }, null, { text: { toString: 'x' } }),
    parts({ functionCall: { name: 'search', args: {} } }, { inlineData: { mimeType: 'text/plain', data: 'eA==' } }),
    event({ candidates: [{ index: 1, content: { parts: [{ text: 'Another candidate.' }] }, finishReason: 'SAFETY' }] }),
    event({ candidates: [{ index: 0, content: { parts: {} } }] }),
    event({
      candidates: [
        { index: 1, content: { parts: [{ text: 'Another again.' }] } },
        { index: 0, content: { parts: [{ text: ANSWER }] }, finishReason: 'STOP' },
      ],
    }),
  ]);
  assert.equal(await textOf(gemini.generate(generationRequest())), ANSWER);
});

test('an error in the midst of a stream is what it says', async (t) => {
  const { gemini } = await open(t, [event(quotaFailure('Minute', '36s'))]);
  const error = await failureOf(gemini.generate(generationRequest()));
  assert.deepEqual([error.code, error.retryAfterMs], ['limit', 36_000]);
});

test('what is no name of a model is not taken for who answered', async (t) => {
  const { gemini } = await open(t, [event(generation(ANSWER, 'STOP', '@everyone [x](https://evil.example)'))]);
  assert.equal(await textOf(gemini.generate(generationRequest())), ANSWER);
  assert.equal(gemini.name, model);
});

test('numbers of tokens that cannot be are not counted, and cost no answer', async (t) => {
  const counts = { promptTokenCount: 120, candidatesTokenCount: 1e308, thoughtsTokenCount: 1.5 };
  const { gemini, usage } = await open(t, [event({ ...generation(ANSWER, 'STOP'), usageMetadata: counts })]);
  assert.equal(await textOf(gemini.generate(generationRequest())), ANSWER);
  assert.deepEqual(
    usage.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
    [[120, 0]],
  );
});

test('an answer that cannot be counted goes out all the same, and the log says so', async (t) => {
  const server = await openGeminiServer();
  t.after(() => server.close());
  const { log, lines } = recordingLog();
  const { gemini } = parseConfig({ GEMINI_API_KEY: server.apiKey, GEMINI_BASE_URL: server.url });
  const { generator } = createEngine(gemini, {
    pool: { run: () => Promise.reject(new Error('There is no pool.')) } as never,
    usage: {
      recordUsage() {
        throw new Error('The disk is full.');
      },
      usageSince: () => [],
    },
    settings: { setting: () => undefined, saveSetting: () => undefined },
    log,
    clock: Date.now,
    random: Math.random,
  });
  assert.match(await textOf(generator.generate(generationRequest())), /\[1\]/);
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [['warn', 'What a model used could not be counted']],
  );
});
