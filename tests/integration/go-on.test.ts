import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isAppError } from '../../src/errors.ts';
import type { AnswerEvent, GoOnRequest } from '../../src/knowledge/api.ts';
import { AppError } from '../../src/errors.ts';
import { LengthReached } from '../../src/knowledge/ports.ts';
import { answerStage, passage, pieces } from '../support/answer-stage.ts';

const passages = [
  passage(1, 'You need the MessageContent intent. It is privileged.', { headings: ['Intents'] }),
  passage(2, 'Intents are groups of events.', { headings: ['Groups'] }),
  passage(3, 'Switch it on in the Developer Portal.', { headings: ['Portal'] }),
];

/** An answer that was cut, and what the generator writes when it goes on. */
async function cutStage(t: TestContext, first: string, next: readonly string[], error?: Error) {
  let script = pieces([first], new LengthReached());
  const stage = answerStage(t, { passages, relevant: true }, (request, signal) => script(request, signal), {
    store: {
      counts: () => ({ documents: 3, ready: 3, failed: 0, chunks: 3 }),
      passages: (_guild, ids) => ids.flatMap((id) => passages.filter(({ chunkId }) => chunkId === id)),
    },
  });
  const { answer } = await stage.ask('Which intent do I need?');
  script = pieces(next, error);
  const request: GoOnRequest = {
    guildId: 'g',
    userId: 'u',
    questionId: answer.questionId,
    length: answer.continuesAt ?? -1,
    locale: 'en',
  };
  async function goOn(change: Partial<GoOnRequest> = {}) {
    const events: AnswerEvent[] = [];
    for await (const event of stage.answers.goOn({ ...request, ...change })) events.push(event);
    const last = events.at(-1);
    return last?.kind === 'final' ? last.answer : assert.fail('no final event');
  }
  return { ...stage, answer, request, goOn, become: (next: typeof script) => void (script = next) };
}

test('an answer that reaches the length limit is cut at a sentence, says so, and can be gone on with', async (t) => {
  const { answer, logged } = await cutStage(t, 'It is privileged. [2] You also ne', []);
  assert.equal(answer.text, 'It is privileged. [1]');
  assert.match(answer.notice ?? '', /too long and was cut/);
  assert.equal(answer.continuesAt, answer.text.length);
  assert.equal(answer.rung, 'full');
  assert.deepEqual(logged, [], 'nothing failed');
});

test('a Japanese answer is cut at a sentence, and a block of code is closed', async (t) => {
  const japanese = await cutStage(t, '特権が必要です。[1]次に設', []);
  assert.equal(japanese.answer.text, '特権が必要です。[1]');
  const code = await cutStage(t, 'Run this. [1]\n```ts\nconst a = 1;\nconst b', []);
  assert.equal(code.answer.text, 'Run this. [1]\n```ts\nconst a = 1;\n```');
});

test('it goes on from the same passages, numbered on, and the record holds the whole', async (t) => {
  const { goOn, store, requests, answer, request } = await cutStage(t, 'Groups of events. [2] And mo', [
    'Switch it on in the portal. [3] ',
    'It is a group, too. [2]',
  ]);
  const rest = await goOn();
  assert.equal(rest.text, 'Switch it on in the portal. [2] It is a group, too. [1]');
  assert.deepEqual(
    rest.sources.map(({ number, headings }) => [number, headings[0]]),
    [
      [1, 'Groups'],
      [2, 'Portal'],
    ],
  );
  assert.equal(rest.continuesAt, null);
  const recorded = store.history.question(answer.questionId);
  assert.equal(recorded?.answer, `${answer.text} ${rest.text}`);
  assert.deepEqual(recorded.citedChunkIds, [2, 3]);
  assert.equal(store.history.summary('g', 0).questions, 1, 'it is no second question');
  const conversation = requests[1]?.conversation ?? [];
  assert.match(conversation[0]?.text ?? '', /passage \[3\][^]*Which intent do I need\?/);
  assert.equal(conversation[1]?.text, 'Groups of events. [2]', 'with the numbers that the passages have');
  await assert.rejects(goOn(), { code: 'conflict' }, 'the button was pressed before');
  await assert.rejects(goOn({ length: request.length + 1 }), { code: 'conflict' });
});

test('it can be cut again, and gone on with from there', async (t) => {
  const { goOn, become } = await cutStage(t, 'One. [1] Tw', ['Two. [1] Thr'], new LengthReached());
  const second = await goOn();
  assert.deepEqual([second.text, second.continuesAt], ['Two. [1]', 'One. [1] Two. [1]'.length]);
  assert.match(second.notice ?? '', /was cut/);
  become(pieces(['Three. [3]']));
  const third = await goOn({ length: second.continuesAt ?? 0 });
  assert.deepEqual([third.text, third.continuesAt], ['Three. [2]', null]);
});

test('while it goes on for one press of the button, another one is told so', async (t) => {
  const { goOn, become } = await cutStage(t, 'One. [1] Tw', []);
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  become(async function* () {
    begun.resolve();
    await held.promise;
    yield 'Two. [1]';
  });
  const first = goOn();
  await begun.promise;
  await assert.rejects(goOn(), { code: 'conflict' });
  held.resolve();
  assert.equal((await first).text, 'Two. [1]');
});

test('it does not go on for ever: beyond 20,000 characters there is no button any more', async (t) => {
  const long = `${'One. [1] '.repeat(1_000)}Tw`;
  const { goOn, answer } = await cutStage(t, long, [long], new LengthReached());
  const lengths: number[] = [];
  let length = answer.continuesAt ?? null;
  for (; length !== null && lengths.length < 5; length = (await goOn({ length })).continuesAt ?? null)
    lengths.push(length);
  assert.deepEqual([length, lengths.map((one) => one < 20_000)], [null, [true, true]]);
});

test('nobody else goes on with it, nobody elsewhere, and nobody whose question is forgotten', async (t) => {
  const { answers, request } = await cutStage(t, 'One. [1] Tw', ['Two. [1]']);
  const code = (change: Partial<GoOnRequest>) => {
    try {
      answers.checkGoOn({ ...request, ...change });
      return null;
    } catch (error) {
      return isAppError(error) && typeof error.words !== 'string' ? error.code : assert.fail(String(error));
    }
  };
  assert.equal(code({}), null);
  assert.equal(code({ userId: 'somebody' }), 'forbidden');
  assert.equal(code({ guildId: 'elsewhere' }), 'not_found');
  assert.equal(code({ questionId: 99 }), 'not_found');
  assert.equal(code({ questionId: Number.NaN }), 'not_found');
});

test('without what it was made of it ends kindly', async (t) => {
  const { goOn, answers, request } = await cutStage(t, 'One. [1] Tw', ['Two. [1]']);
  passages.shift();
  t.after(() =>
    passages.unshift(passage(1, 'You need the MessageContent intent. It is privileged.', { headings: ['Intents'] })),
  );
  assert.throws(() => answers.checkGoOn(request), { code: 'not_found', message: /have changed since/ });
  await assert.rejects(goOn(), { code: 'not_found' });
});

test('an answer from which a removed source was taken has no rest, and nobody says that it has gone on', async (t) => {
  const { answers, request, store } = await cutStage(t, 'One. [1] Tw', ['Two. [1]']);
  const uncited = passages.pop();
  t.after(() => passages.push(...(uncited === undefined ? [] : [uncited])));
  store.knowledge.replaceAnswer(request.questionId, 'One. [1] (removed source)');
  assert.throws(() => answers.checkGoOn(request), { code: 'not_found', message: /have changed since/ });
});

test('nothing is shown that cites nothing, and nothing is an end; a failure leaves it to be tried again', async (t) => {
  for (const [written, error, code] of [
    [['Uncited words.'], undefined, 'not_found'],
    [[], undefined, 'not_found'],
    [['NO_ANSWER'], undefined, 'not_found'],
    [[], new AppError('limit', 'quota', { retryAfterMs: 1 }), 'limit'],
    [['Two. [1] Thr'], new AppError('unavailable', 'cut'), 'unavailable'],
  ] as const) {
    const { goOn, store, answer, become } = await cutStage(t, 'One. [1] Tw', written, error);
    await assert.rejects(goOn(), { code });
    assert.equal(store.history.question(answer.questionId)?.answer, 'One. [1]');
    become(pieces(['Two. [1]']));
    assert.equal((await goOn()).text, 'Two. [1]');
  }
});

test('what it repeats of its instructions is not shown, in what follows either', async (t) => {
  const told = 'Go on exactly where it ends, without repeating any of it and without an introduction; cite the passages as before.'; // prettier-ignore
  const rule = 'Use only what the passages say. No knowledge of your own, no guesses.';
  const { goOn, answer, store } = await cutStage(t, 'One. [1] Tw', [`${rule} ${told} Two. [1] `, rule]);
  assert.equal((await goOn()).text, 'Two. [1]');
  assert.equal(store.history.question(answer.questionId)?.answer, 'One. [1] Two. [1]');
});

test('numbers in brackets within code are given back as they were', async (t) => {
  const { goOn, requests } = await cutStage(t, 'Write `list[1]`. [2] And mo', ['Two. [1]']);
  await goOn();
  assert.equal(requests[1]?.conversation[1]?.text, 'Write `list[1]`. [2]');
});
