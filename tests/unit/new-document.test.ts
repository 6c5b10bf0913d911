import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../src/errors.ts';
import type { AddRequest } from '../../src/knowledge/api.ts';
import { parseNewDocument } from '../../src/knowledge/new-document.ts';

function request(more: Partial<AddRequest> = {}): AddRequest {
  return { guildId: 'g', title: 'T', name: 'n.md', content: Buffer.from('text'), addedBy: 'u', ...more };
}

function parse(given: AddRequest, limitBytes: number, own: string | null = null) {
  return parseNewDocument(given, limitBytes, () => own);
}

test('a title is one clean line of at most 200 characters, none of them cut in half', () => {
  const title = (given: string) => parse(request({ title: given }), 100).title;
  assert.equal(title('  a\0b\n\n c\u202eevil\u2028 '), 'ab cevil');
  assert.equal(title('x'.repeat(300)).length, 200);
  assert.equal(title('😀'.repeat(300)), '😀'.repeat(200));
  assert.equal(title('a\ud800'), 'a\ufffd');
  assert.equal(title('@everyone **規則** مرحبا'), '@everyone **規則** مرحبا');
});

test('a title that was given counts before the text’s own, that before the name; without any it is refused', () => {
  assert.equal(parse(request(), 100, 'Own').title, 'T');
  assert.equal(parse(request({ title: null }), 100, ' Own\n').title, 'Own');
  assert.equal(parse(request({ title: ' \n' }), 100, 'Own').title, 'Own');
  assert.equal(parse(request({ title: null }), 100).title, 'n.md');
  assert.equal(parse(request({ name: '\0' }), 100).name, 'T');
  assert.throws(() => parse(request({ title: '', name: ' ' }), 100), (error) => isAppError(error, 'invalid')); // prettier-ignore
});

test('a title of which nothing is seen is none', () => {
  for (const unseen of ['\u200b\u200b', '\u2060\u00ad', '\u200d', '\ufe0f \u200c', '\u3164']) {
    assert.equal(parse(request({ title: unseen }), 100, 'Own').title, 'Own');
    assert.equal(parse(request({ title: null }), 100, unseen).title, 'n.md');
  }
  assert.equal(parse(request({ title: 'Rul\u200bes' }), 100).title, 'Rules');
  assert.equal(parse(request({ title: '❤️ 👩‍🔬' }), 100).title, '❤️ 👩‍🔬');
});

test('content that is empty, in any encoding, is refused', () => {
  const blank = ['', ' \r\n\t ', '\ufeff \n'].map((text) => Buffer.from(text));
  for (const content of [...blank, Buffer.from('\ufeff \n', 'utf16le'), Buffer.from([0xfe, 0xff, 0, 0x20])]) {
    assert.throws(() => parse(request({ content }), 100), (error) => isAppError(error, 'invalid')); // prettier-ignore
  }
  for (const text of ['a', '本', '\ufeff本', '。']) {
    assert.equal(parse(request({ content: Buffer.from(text) }), 100).content.length > 0, true);
  }
});

test('content over the limit is refused with both sizes, and just at the limit is taken', () => {
  const content = Buffer.alloc(2_000_001, 'x');
  assert.throws(
    () => parse(request({ content }), 1_000_000),
    (error) => isAppError(error, 'invalid') && error.message.includes('2.0 MB') && error.message.includes('1.0 MB'),
  );
  assert.equal(parse(request({ content }), 2_000_001).content, content);
});
