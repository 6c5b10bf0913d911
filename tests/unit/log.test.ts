import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedaction } from '../../src/log.ts';

test('configured secrets are masked wherever they stand, the longer one first', () => {
  const redact = createRedaction(['secret-key', 'secret-key-extended', 'short']);
  assert.equal(redact('a secret-key-extended and a secret-key, short'), 'a ••• and a •••, short');
});

test("what looks like a vendor's key is masked even when it is not ours", () => {
  const redact = createRedaction([]);
  const token = ['MTAxMjM0NTY3ODkwMTIzNDU2', 'GaBcDe', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('.');
  const key = `AIza${'x'.repeat(35)}`;
  assert.equal(redact(`login with ${token} failed`), 'login with ••• failed');
  assert.equal(redact(`GET /v1beta?key=${key}&alt=sse`), 'GET /v1beta?key=•••&alt=sse');
  assert.equal(redact('Authorization: Bearer abcdefghijklmnop1234'), 'Authorization: Bearer •••');
  assert.equal(redact('an ordinary sentence.with.dots and /a/path'), 'an ordinary sentence.with.dots and /a/path');
});
