import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutEcho } from '../../src/adapters/gemini/echo.ts';

test('of what was sent nothing is left in what a server says, also where it is escaped or cut', () => {
  const sent = ['Who told "Mika" about the\nsecret meeting?', '秘密の会議はいつですか'];
  assert.equal(withoutEcho('Invalid: Who told "Mika" about the', sent), 'Invalid: …');
  assert.equal(
    withoutEcho(`Bad value ${JSON.stringify(sent[0])} at contents[0]`, sent),
    'Bad value "…" at contents[0]',
  );
  assert.equal(withoutEcho('エラー「秘密の会議は」が不正です', sent), 'エラー「…」が不正です');
});

test('what has only language in common with what was sent is left as it is', () => {
  const said = 'API key not valid. Please pass a valid API key. 割り当てを超えました。';
  assert.equal(withoutEcho(said, ['Where is my API key?', '割り当ては？', '']), said);
  assert.equal(withoutEcho('', ['anything at all']), '');
});
