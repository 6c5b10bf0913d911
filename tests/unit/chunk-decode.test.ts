import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertText, decodeStart, decodeText } from '../../src/adapters/extract/decode.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const shiftJis = Buffer.from('82b182f182c982bf82cd814190a28a458142', 'hex');
const eucJp = Buffer.from('a4b3a4f3a4cba4c1a4cfa1a2c0a4b3a6a1a3', 'hex');

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

test('UTF-8 with and without a byte-order mark, CRLF and lone CR become one form', () => {
  assert.equal(decodeText(utf8('\ufeffa\r\nb\rc\n')), 'a\nb\nc\n');
});

test('UTF-16 is recognised by its mark in both byte orders', () => {
  for (const bigEndian of [false, true]) {
    const bytes = utf16('猫 is 😀', bigEndian);
    assert.equal(decodeText(bytes), '猫 is 😀');
    assertText(bytes);
  }
});

test('Shift_JIS and EUC-JP are told apart', () => {
  assert.equal(decodeText(shiftJis), 'こんにちは、世界。');
  assert.equal(decodeText(eucJp), 'こんにちは、世界。');
  assertText(eucJp);
  assertText(Buffer.concat(Array.from({ length: 20_000 }, () => shiftJis)));
});

const refused: Record<string, Uint8Array> = {
  'a NUL in a text': utf8('a\0b'),
  'a PNG': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  'random bytes': Buffer.from(Array.from({ length: 500 }, (_, n) => 1 + ((n * 7_919 + 31) % 254))),
  'French in Latin-1': Buffer.from('Le café était général, déjà très préféré à Noël.', 'latin1'),
  'half a UTF-16 character': utf16('😀', false).subarray(0, 4),
};

for (const [name, bytes] of Object.entries(refused)) {
  test(`${name} is refused with words that say what to do`, () => {
    const refusal = { name: 'AppError', code: 'invalid', message: /save it as UTF-8/ };
    assert.throws(() => decodeText(bytes), refusal);
    if (name !== 'half a UTF-16 character') assert.throws(() => assertText(bytes), refusal);
  });
}

test('the start of a text is read in every encoding, wherever it is cut', () => {
  const many = Buffer.concat(Array.from({ length: 100 }, () => shiftJis));
  const samples = [many, utf8('猫😀'.repeat(100)), utf16('猫😀'.repeat(100), false), utf16('猫😀'.repeat(100), true)];
  for (const bytes of samples) {
    for (let length = 40; length < 60; length += 1) {
      const start = decodeStart(bytes, length);
      assert.ok(start.length > 5 && decodeText(bytes).startsWith(start));
    }
  }
});
