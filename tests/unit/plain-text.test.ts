import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLine, plainText } from '../../src/plain-text.ts';

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

test('what emoji and names are written with stays', () => {
  for (const text of ['👩‍🔬 ❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '葛󠄀城', 'می‌خواهم', 'é']) assert.equal(plainText(text), text);
});
