import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutRemovedSource } from '../../src/knowledge/removed-source.ts';

const harbour = {
  id: 1,
  question: 'When does the harbour open, and what is the password?',
  answer: 'The harbour opens at nine. [1] The password is quagglewort. [2]\n\n- Ships moor in the bay. [1]',
  cited: [false, true],
  removed: ['Secrets\n[]\nThe password is quagglewort, and nobody says so.'],
  others: ['Harbour\n[]\nThe harbour opens at nine. Ships moor in the bay.'],
};

test('of an answer with two sources, what the removed one said goes, and the rest stays as it was', () => {
  assert.equal(
    withoutRemovedSource(harbour),
    'The harbour opens at nine. [1] (removed source)\n\n- Ships moor in the bay. [1]',
  );
});

test('an answer that had nothing but the removed source says that, in the language of the question', () => {
  const only = { ...harbour, cited: [true], others: [] };
  assert.equal(withoutRemovedSource(only), '(removed source)');
  const question = '合言葉は何ですか。';
  assert.equal(withoutRemovedSource({ ...only, question }), '（削除された出典）');
  // A bare name is in no language: then the answer's counts.
  const japanese = { ...only, question: 'NescordBot', answer: '合言葉は龗龗麤です。[1]' };
  assert.equal(withoutRemovedSource(japanese), '（削除された出典）');
});

test('its words go where nothing is cited or another source is, and so do their forms and parts', () => {
  const given = {
    ...harbour,
    answer: 'Quaggleworts are secret. [1]\nIt opens at nine. [1]\n> Nobody knows the quaggleworts\nSee below.',
    cited: [false],
  };
  assert.equal(withoutRemovedSource(given), '(removed source)\nIt opens at nine. [1]\n> (removed source)\nSee below.');
});

test('in Japanese, too, whatever stands around a word', () => {
  const given = {
    id: 1,
    question: '港はいつ開きますか。合言葉は何ですか。',
    answer: '港は九時に開きます[1]。合言葉は龗龗麤だそうです[2]。船は湾に停泊します[1]。\n1. 龗龗麤\n2. 湾',
    cited: [false, true],
    removed: ['秘密\n[]\n合言葉は龗龗麤だ。'],
    others: ['港\n[]\n港は九時に開きます。船は湾に停泊します。'],
  };
  assert.equal(
    withoutRemovedSource(given),
    '港は九時に開きます[1]。（削除された出典）船は湾に停泊します[1]。\n1. （削除された出典）\n2. 湾',
  );
});

test('an answer that has nothing of the removed source is left alone, and a second time changes nothing', () => {
  const other = { ...harbour, answer: 'The harbour opens at nine. [1]', cited: [false] };
  assert.equal(withoutRemovedSource(other), other.answer);
  const once = withoutRemovedSource(harbour);
  assert.equal(withoutRemovedSource({ ...harbour, answer: once }), once);
  const several = { ...harbour, answer: 'quagglewort [2] and quagglewort again [2] and so on [2]' };
  assert.equal(withoutRemovedSource(several), '(removed source)');
});
