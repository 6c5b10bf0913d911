import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginning, plainJson, plainLine, plainText, visibleText } from '../../src/plain-text.ts';

test('nothing that turns the direction of writing or is not seen stays in a text', () => {
  assert.equal(
    plainText('a\u0000b\u202egnp.exe\u2066c\u200bd\u2060e\ufefff\u00adg\u3164h\u{e0041}i'),
    'abgnp.execdefghi',
  );
  assert.equal(plainText('keep\nlines\tand\u0007 tabs'), 'keep\nlines\tand tabs');
  assert.equal(plainText('\ud800broken'), '\ufffdbroken');
});

test('a line ends in one way, whichever way it was ended', () => {
  assert.equal(plainText('a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh'), 'a\nb\nc\nd\ne\nf\ng\nh');
  assert.equal(plainLine(' a\u2028 b\r\n\tc '), 'a b c');
});

test('a line of which nothing is seen is empty', () => {
  for (const unseen of ['\u200d', '\ufe0f \u200c', '\u200b\u200b', ' ']) assert.equal(plainLine(unseen), '');
  assert.equal(plainLine('❤️'), '❤️');
});

test('what emoji and names are written with stays', () => {
  for (const text of ['👩‍🔬 ❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '葛󠄀城', 'می‌خواهم', 'é']) assert.equal(plainText(text), text);
});

test('JSON without what nobody sees is JSON still, and says the same', () => {
  const value = { title: 'a\u2028b\u0085c\u202ed"e', lines: ['x\ny', '👩‍🔬'] };
  assert.deepEqual(JSON.parse(plainJson(JSON.stringify(value))), { title: 'a\nb\ncd"e', lines: ['x\ny', '👩‍🔬'] });
});

test('in records what nobody sees is written out, and what is seen stays', () => {
  assert.equal(visibleText('a\u200db\u00adc\u{e0041}\r\t\n'), String.raw`a\u200db\u00adc\u{e0041}\u000d` + '\t\n');
  for (const text of ['👩‍🔬 ❤️ 👍🏽', 'é', '日本語']) assert.equal(visibleText(text), text);
});

test('the beginning of a text ends between characters as readers see them, however they are written', () => {
  for (const character of ['🎉', '👩‍👩‍👧‍👦', '🇯🇵', 'が', 'e\u0301\u0323', '葛󠄀', '👍🏽']) {
    for (let before = 0; before < 10; before += 1) {
      const text = 'a'.repeat(90 + before) + character.repeat(30);
      const start = beginning(text, 100);
      assert.ok(start.length <= 100 && start.length > 100 - character.length, `${start.length} of ${character}`);
      assert.equal((start.length - 90 - before) % character.length, 0, `${character} after ${before}`);
    }
  }
});

test('what nobody could call a character is cut anywhere but within a pair', () => {
  assert.equal(beginning(`e${'\u0301'.repeat(500)}`, 100).length, 100);
  assert.equal(beginning(`a${'\u200d🎉'.repeat(100)}`, 100).isWellFormed(), true);
  assert.equal(beginning('short', 5), 'short');
});
