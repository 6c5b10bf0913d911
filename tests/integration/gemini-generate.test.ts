import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../src/errors.ts';
import { LengthReached } from '../../src/knowledge/ports.ts';
import { generationRequest, textOf } from '../contracts/generator.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { failure, generation, invalidKey, quotaFailure } from '../support/gemini-server-replies.ts';

const HOUR = 3_600_000;
const first = 'gemini-3.6-flash';
const second = 'gemini-3.5-flash-lite';

/** What was yielded, and the error that came after it. */
async function watch(pieces: AsyncIterable<string>): Promise<{ text: string; error: unknown }> {
  let text = '';
  try {
    for await (const piece of pieces) text += piece;
    return { text, error: null };
  } catch (error) {
    return { text, error };
  }
}

test('the request carries instructions, conversation and prompt, with room for thinking', async (t) => {
  const { server, generator, usage } = await openGeminiBench(t);
  const conversation = [
    { role: 'user', text: 'hello' },
    { role: 'model', text: 'hi' },
  ] as const;
  const request = generationRequest({ conversation });
  const gemini = generator();
  await textOf(gemini.generate(request));
  assert.deepEqual(server.requests[0]?.body, {
    systemInstruction: { role: 'system', parts: [{ text: request.instructions }] },
    contents: [
      { role: 'user', parts: [{ text: 'hello' }] },
      { role: 'model', parts: [{ text: 'hi' }] },
      { role: 'user', parts: [{ text: request.prompt }] },
    ],
    generationConfig: { maxOutputTokens: 500 + 2_048, thinkingConfig: { thinkingLevel: 'low' } },
    store: false,
  });
  assert.equal(gemini.name, first);
  assert.deepEqual(
    usage.map(({ model, task, inputTokens, outputTokens }) => [model, task, inputTokens, outputTokens]),
    [[first, 'generate', 120, 25]],
  );
});

test('text arrives in the pieces that the model sends', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.answerWith(() => 'one two three four five six seven eight nine ten');
  const pieces: string[] = [];
  for await (const piece of generator().generate(generationRequest())) pieces.push(piece);
  assert.ok(pieces.length >= 4);
  assert.equal(pieces.join(''), 'one two three four five six seven eight nine ten');
});

const passedOver = {
  'is missing': { status: 404, body: failure(404, 'NOT_FOUND', 'models/x is not found') },
  'is overloaded': { status: 503, body: failure(503, 'UNAVAILABLE', 'The model is overloaded.') },
  'fails inside': { status: 500, body: failure(500, 'INTERNAL', 'oops') },
  'is over its minute’s quota': { status: 429, body: quotaFailure('Minute', '36s') },
  'is over its day’s quota': { status: 429, body: quotaFailure('Day', '36s') },
};
for (const [what, fault] of Object.entries(passedOver)) {
  test(`the next model answers at once when the first ${what}`, async (t) => {
    const { server, generator, waits } = await openGeminiBench(t);
    server.script({ kind: 'status', model: first, ...fault });
    const gemini = generator();
    assert.match(await textOf(gemini.generate(generationRequest())), /\[1\]/);
    assert.deepEqual(
      server.requests.map(({ model }) => model),
      [first, second],
    );
    assert.equal(gemini.name, second, 'the name is that of who wrote');
    assert.deepEqual(waits, []);
  });
}

test('a model without quota is left in peace until its quota is renewed', async (t) => {
  const { server, generator, time } = await openGeminiBench(t);
  const gemini = generator();
  server.script({ kind: 'status', status: 429, model: first, body: quotaFailure('Day') });
  await textOf(gemini.generate(generationRequest()));
  await textOf(gemini.generate(generationRequest()));
  time.now += 20 * HOUR;
  await textOf(gemini.generate(generationRequest()));
  assert.deepEqual(
    server.requests.map(({ model }) => model),
    [first, second, second, first],
  );
});

test('when every model is out of quota the error says when the first one is back', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 429, model: first, body: quotaFailure('Day') });
  server.script({ kind: 'status', status: 429, model: second, body: quotaFailure('Minute', '36s') });
  const gemini = generator();
  await assert.rejects(textOf(gemini.generate(generationRequest())), { code: 'limit', retryAfterMs: 36_000 });
  await assert.rejects(textOf(gemini.generate(generationRequest())), { code: 'limit' });
  assert.equal(server.requests.length, 2);
});

test('a short wait for quota is taken, the answer comes after it', async (t) => {
  const { server, generator, waits } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 429, body: quotaFailure('Minute', '2s') });
  assert.match(await textOf(generator({ models: [first] }).generate(generationRequest())), /\[1\]/);
  assert.deepEqual(waits, [2_000]);
});

test('when every model fails twice it is unavailable', async (t) => {
  const { server, generator, waits } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 503, times: 99 });
  await assert.rejects(textOf(generator().generate(generationRequest())), { code: 'unavailable' });
  assert.deepEqual(
    server.requests.map(({ model }) => model),
    [first, second, first, second],
  );
  assert.equal(waits.length, 1);
});

test('models that are all missing are the operator’s to put right', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 404, times: 99 });
  await assert.rejects(textOf(generator().generate(generationRequest())), {
    code: 'config',
    message: /GEMINI_GENERATION_MODELS/,
  });
});

test('a wrong key is not tried on the next model', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 400, body: invalidKey() });
  await assert.rejects(textOf(generator().generate(generationRequest())), {
    code: 'config',
    message: /GEMINI_API_KEY/,
  });
  assert.equal(server.requests.length, 1);
});

test('a stream that breaks keeps its text, throws unavailable, and no other model goes on with it', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  for (const fault of [{ kind: 'cut', afterPieces: 2 }, { kind: 'unfinished' }] as const) {
    server.script(fault);
    const { text, error } = await watch(generator().generate(generationRequest()));
    assert.ok(text.length >= 24 && 'This is what the knowledge says about it. [1]'.startsWith(text));
    assert.ok(isAppError(error, 'unavailable'));
    assert.match(error.message, /broke off in the middle/);
  }
  assert.equal(server.requests.length, 2);
});

test('a stream that breaks before any text is tried elsewhere', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script(
    { kind: 'cut', afterPieces: 0 },
    { kind: 'malformed' },
    { kind: 'reply', events: [generation('', 'STOP')] },
  );
  assert.match(await textOf(generator().generate(generationRequest())), /\[1\]/);
  assert.equal(server.requests.length, 4);
});

const blocks = {
  'the prompt': { promptFeedback: { blockReason: 'SAFETY' } },
  'the answer': { candidates: [{ finishReason: 'SAFETY', index: 0 }] },
  'a recitation': generation('', 'RECITATION'),
  'prohibited content': generation('', 'PROHIBITED_CONTENT'),
};
for (const [what, event] of Object.entries(blocks)) {
  test(`a safety filter that stops ${what} is told from a failure and not worked around`, async (t) => {
    const { server, generator } = await openGeminiBench(t);
    server.script({ kind: 'reply', events: [event] });
    await assert.rejects(textOf(generator().generate(generationRequest())), { code: 'blocked' });
    assert.equal(server.requests.length, 1);
  });
}

test('an answer that reaches the length limit says so after its text, and one that is all thinking is none', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'reply', events: [generation('Half an ans'), generation('', 'MAX_TOKENS')] });
  const cut = await watch(generator().generate(generationRequest()));
  assert.equal(cut.text, 'Half an ans');
  assert.ok(cut.error instanceof LengthReached);
  assert.equal(server.requests.length, 1, 'no other model writes another half');
  server.script({ kind: 'reply', events: [generation('', 'MAX_TOKENS')], times: 99 });
  await assert.rejects(textOf(generator().generate(generationRequest())), { code: 'unavailable', message: /thinking/ });
});

test('thoughts are not part of the answer', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  const thinking = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hm…', thought: true }] }, index: 0 }] };
  server.script({ kind: 'reply', events: [thinking, generation('Nine.', 'STOP')] });
  assert.equal(await textOf(generator().generate(generationRequest())), 'Nine.');
});

test('a model that refuses to be told how much to think is asked without, from then on', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  const refusal = failure(400, 'INVALID_ARGUMENT', 'Thinking level LOW is not supported for this model.');
  server.script({ kind: 'status', status: 400, body: refusal });
  const gemini = generator();
  await textOf(gemini.generate(generationRequest()));
  await textOf(gemini.generate(generationRequest()));
  const told = server.requests.map(({ body }) => JSON.stringify(body).includes('thinkingConfig'));
  assert.deepEqual(told, [true, false, false]);
});

test('a model that stays silent is given up after the time limit', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'hang', times: 99 });
  const pieces = generator({ timeoutMs: 50 }).generate(generationRequest());
  await assert.rejects(textOf(pieces), { code: 'unavailable', message: /in time/ });
});

test('cancelling in the middle of an answer ends it with aborted', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'slow', msPerPiece: 20 });
  server.answerWith(() => 'word '.repeat(500));
  const abort = new AbortController();
  const answer = async (): Promise<void> => {
    for await (const piece of generator().generate(generationRequest(), abort.signal)) if (piece !== '') abort.abort();
  };
  await assert.rejects(answer(), { name: 'AppError', code: 'aborted' });
});

test('a prompt that Google refuses is unavailable to the asker', async (t) => {
  const { server, generator } = await openGeminiBench(t);
  server.script({ kind: 'status', status: 400, body: failure(400, 'INVALID_ARGUMENT', 'too long') });
  await assert.rejects(textOf(generator().generate(generationRequest())), { code: 'unavailable' });
});
