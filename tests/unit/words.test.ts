import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchWords } from '../../src/knowledge/words.ts';

test('identifiers are found whole and in parts, and punctuation never is', () => {
  const words = 'use guildmessages guild messages discord js snake case'.split(' ');
  assert.deepEqual(searchWords('Use GuildMessages, discord.js & snake_case!'), words);
  assert.deepEqual(searchWords('getHTTPResponse IPv6 IDs'), [
    'gethttpresponse',
    'get',
    'http',
    'response',
    'ipv6',
    'ids',
  ]);
});

test('Japanese is cut into words, and full and half width are the same', () => {
  assert.deepEqual(searchWords('東京の天気'), ['東京', 'の', '天気']);
  assert.deepEqual(searchWords('ＡＢＣ　ｶﾀｶﾅ'), searchWords('abc カタカナ'));
});

test('an apostrophe leaves no stray letters, and NUL and lone surrogates vanish', () => {
  assert.deepEqual(searchWords("the bot's don’t a\0b \ud800c"), ['the', 'bot', 'don', 'a', 'b', 'c']);
});

test('a very long word is cut without halving a character', () => {
  const [word = ''] = searchWords('𠮷'.repeat(10) + 'a'.repeat(200));
  assert.ok(word.length <= 64 && word.isWellFormed());
  assert.deepEqual(
    searchWords('x'.repeat(200)).map((piece) => piece.length),
    [64],
  );
});

test('one line of megabytes is cut, whatever it is made of', () => {
  for (const [piece, megabytes] of [
    ['a', 10],
    ['aA', 10],
    ["a'", 1],
    ['é\u0301\u0327', 1],
  ] as const) {
    assert.ok(searchWords(piece.repeat(Math.ceil((megabytes * 1e6) / piece.length))).length > 0);
  }
});
