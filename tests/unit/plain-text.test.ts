import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainJson, plainLine, plainText, visibleText } from '../../src/plain-text.ts';

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
