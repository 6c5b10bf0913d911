import assert from 'node:assert/strict';
import { test } from 'node:test';
import { googleSays } from '../../src/adapters/gemini/google-says.ts';
import { isAppError, wordsIn, type AppError, type ErrorCode } from '../../src/errors.ts';
import { wordsAloneNotice } from '../../src/knowledge/degraded.ts';
import { generationRequest, textOf } from '../contracts/generator.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { failure, generation, invalidKey } from '../support/gemini-server-replies.ts';
import type { Scripted } from '../support/gemini-server.ts';

type Said = readonly [ErrorCode, RegExp, RegExp];

/** Everything that ai.google.dev/api/generate-content lists, with what people read of it in both languages. */
const finishReasons: Readonly<Record<string, Said>> = {
  SAFETY: ['blocked', /safety filter/, /安全フィルター/],
  IMAGE_SAFETY: ['blocked', /safety filter/, /安全フィルター/],
  RECITATION: ['blocked', /published text/, /公開済みの文章/],
  LANGUAGE: ['blocked', /does not support the language/, /言語に対応していません/],
  BLOCKLIST: ['blocked', /forbids/, /禁じている/],
  PROHIBITED_CONTENT: ['blocked', /forbids/, /禁じている/],
  SPII: ['blocked', /sensitive personal data/, /個人情報/],
  FINISH_REASON_UNSPECIFIED: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  OTHER: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  MALFORMED_FUNCTION_CALL: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  UNEXPECTED_TOOL_CALL: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  TOO_MANY_TOOL_CALLS: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  MISSING_THOUGHT_SIGNATURE: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  MALFORMED_RESPONSE: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  SOMETHING_NEW: ['unavailable', /gave no answer/, /回答が得られませんでした/],
  MAX_TOKENS: ['unavailable', /room for its answer on thinking/, /出力の上限/],
  STOP: ['unavailable', /was empty/, /空でした/],
};
const blockReasons: Readonly<Record<string, Said>> = {
  SAFETY: ['blocked', /safety filter/, /安全フィルター/],
  JAILBREAK: ['blocked', /safety filter/, /安全フィルター/],
  BLOCKLIST: ['blocked', /forbids/, /禁じている/],
  PROHIBITED_CONTENT: ['blocked', /forbids/, /禁じている/],
  IMAGE_SAFETY: ['blocked', /safety filter/, /安全フィルター/],
  OTHER: ['blocked', /gave no reason/, /拒否されました/],
  BLOCK_REASON_UNSPECIFIED: ['blocked', /gave no reason/, /拒否されました/],
};
const statuses: readonly (readonly [number, unknown, Said])[] = [
  [
    400,
    failure(400, 'INVALID_ARGUMENT', 'The schema is wrong.'),
    ['unavailable', /refused the request: “The schema is wrong”/, /拒否されました（「The schema is wrong」）/],
  ],
  [
    400,
    failure(400, 'FAILED_PRECONDITION', 'User location is not supported.'),
    ['config', /from where the bot runs/, /地域/],
  ],
  [
    400,
    invalidKey(),
    ['config', /does not accept GEMINI_API_KEY/, /GEMINI_API_KEY が Google に受け付けられませんでした/],
  ],
  [401, failure(401, 'UNAUTHENTICATED', 'No.'), ['config', /does not accept GEMINI_API_KEY/, /受け付けられません/]],
  [402, failure(402, 'PAYMENT', 'Pay first.'), ['unavailable', /refused the request: “Pay first”/, /Pay first/]],
  [403, failure(403, 'PERMISSION_DENIED', 'No.'), ['config', /does not accept GEMINI_API_KEY/, /受け付けられません/]],
  [404, failure(404, 'NOT_FOUND', 'models/x'), ['config', /does not offer the model/, /利用できません/]],
  [408, 'late', ['unavailable', /in time/, /時間内/]],
  [413, 'too large', ['unavailable', /refused the request\./, /拒否されました。/]],
  [499, failure(499, 'CANCELLED', 'x'), ['unavailable', /in time/, /時間内/]],
  [500, failure(500, 'INTERNAL', 'x'), ['unavailable', /fault of its own \(HTTP 500\)/, /内部でエラー/]],
  [502, '<html>', ['unavailable', /fault of its own \(HTTP 502\)/, /内部でエラー/]],
  [503, failure(503, 'UNAVAILABLE', 'x'), ['unavailable', /overloaded/, /混み合っています/]],
  [504, failure(504, 'DEADLINE_EXCEEDED', 'x'), ['unavailable', /in time/, /時間内/]],
];

const replied = (event: unknown): Scripted => ({ kind: 'reply', events: [event], times: 99 });
const NOTHING: Said = ['unavailable', /gave no answer/, /回答が得られませんでした/];
const cases: (readonly [string, Scripted, Said])[] = [
  ...Object.entries(finishReasons).map(
    ([reason, said]) => [`ends with ${reason}`, replied(generation('', reason)), said] as const,
  ),
  ...Object.entries(blockReasons).map(
    ([blockReason, said]) => [`blocks for ${blockReason}`, replied({ promptFeedback: { blockReason } }), said] as const,
  ),
  ...statuses.map(
    ([status, body, said], n) =>
      [`has status ${status} (${n})`, { kind: 'status', status, body, times: 99 }, said] as const,
  ),
  ['has no candidates', replied({ candidates: [] }), NOTHING],
  ['has nothing at all', { kind: 'reply', events: [], times: 99 }, NOTHING],
];

for (const [what, fault, [code, en, ja]] of cases) {
  test(`a reply that ${what} is explained in both languages`, async (t) => {
    const { server, generator } = await openGeminiBench(t);
    server.script(fault);
    const error = await textOf(generator().generate(generationRequest())).then(
      () => assert.fail('there is no answer'),
      (thrown: unknown) => (isAppError(thrown) ? thrown : assert.fail(String(thrown))),
    );
    assert.equal(error.code, code);
    assert.match(wordsIn('en', error.words), en);
    assert.match(wordsIn('ja', error.words), ja);
    if (code === 'blocked') assert.equal(server.requests.length, 1, 'a verdict is not worked around');
  });
}

test('what Google says is shown without keys, addresses and marks, on one short line', () => {
  const sdk = '[GoogleGenerativeAI Error]: Error fetching from https://x.example/v1beta: [400 Bad Request] ';
  const key = 'AIzaSyB-1234567890abcdefghijklmnopqrstu';
  assert.equal(
    googleSays(`${sdk}Bad *thing* <@1> at https://a.example/${key} [{"@type":"x","key":"${key}"}]`),
    'Bad thing 1 at',
  );
  assert.equal(googleSays(`${sdk}The key ${key} is\nwrong.`), 'The key … is wrong');
  assert.equal(googleSays(sdk), '');
  assert.ok(googleSays(`${sdk}${'long '.repeat(500)}`).length <= 161);
});

test('a question that cannot be embedded says why, and a refused key is not taken for a broken line', async (t) => {
  const { server, embedder } = await openGeminiBench(t);
  const notice = async (fault: Scripted) => {
    server.script(fault);
    const error: unknown = await embedder()
      .embedQuery('q')
      .catch((thrown: AppError) => thrown);
    return wordsAloneNotice('embedder', error);
  };
  const refused = await notice({ kind: 'status', status: 400, body: invalidKey() });
  assert.match(refused.en, /^The embedding model refuses the key/);
  assert.match(refused.ja, /^埋め込みモデルのキーまたは設定が拒否されているため、/);
  const text = await notice({ kind: 'status', status: 400, body: failure(400, 'INVALID_ARGUMENT', 'no') });
  assert.match(text.en, /does not take this question/);
  assert.match(text.ja, /この質問を受け付けないため、/);
});
