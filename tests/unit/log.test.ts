import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Writable } from 'node:stream';
import { DiscordAPIError, HTTPError } from 'discord.js';
import { createLog, createRedaction } from '../../src/log.ts';

/** Keeps what is written to it. */
function paper() {
  const written: string[] = [];
  const to = new Writable({
    write(line: Buffer, _encoding, done) {
      written.push(line.toString());
      done();
    },
  });
  return { written, to };
}

test('errors of discord.js are logged without the tokens of interactions and webhooks in their addresses', async () => {
  const token = 'aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTphYmNkZWY';
  const addresses = [
    `https://discord.com/api/v10/interactions/123456789012345678/${token}/callback?with_response=false`,
    `https://discord.com/api/v10/webhooks/123456789012345678/${token}/messages/@original`,
    `https://discord.com/api/v10/webhooks/123456789012345678/${token}`,
  ];
  const { written, to } = paper();
  const log = createLog('info', [], to);
  for (const address of addresses) {
    const refused = new DiscordAPIError({ message: 'Unknown', code: 10062 }, 10062, 404, 'POST', address, {});
    const failed = new HTTPError(502, 'Bad Gateway', 'POST', address, {});
    log.warn(`POST ${address} failed`, { error: new Error('not told', { cause: failed }) });
    log.warn('as an object', { inside: { refused, failed } });
  }
  const text = written.join('');
  assert.ok(written.length === 6 && text.includes('/webhooks/123456789012345678/•••'), text);
  assert.ok(!text.includes(token), text);
});

test('of a failure on top of another, both are logged', async () => {
  const { written, to } = paper();
  const [first, second] = [new Error('the start failed'), new Error('and what was open did not close')];
  const error = new Error('it ends', { cause: new SuppressedError(second, first) });
  createLog('info', [], to).error('Stopping', { error });
  assert.match(written.join(''), /it ends[^]*caused by Error: and what was open[^]*on top of Error: the start failed/);
});

test('a log that cannot be written to, because the disk is full, ends nothing, and its last lines are still there', async () => {
  const to = new Writable({ write: (_line, _encoding, done) => done(new Error('ENOSPC')) });
  const log = createLog('info', [], to);
  log.info('first');
  await new Promise((resolve) => to.once('close', resolve));
  log.info('second');
  assert.deepEqual(
    log.tail.lines().map(({ text }) => text),
    ['first', 'second'],
  );
});

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

test('what people write makes no line of its own in the log, and does not drive a terminal', () => {
  const { written, to } = paper();
  const log = createLog('info', [], to);
  log.info('Audit: delete x\n2026-11-21T00:00:00.000Z info  Audit: nothing', {
    by: 'a\r\u001b[2Jb\nroot',
    error: new Error('x'),
  });
  const lines = written.join('').trimEnd().split('\n');
  assert.match(lines[0] ?? '', /info {2}Audit: delete x$/);
  for (const line of lines.slice(1)) assert.match(line, /^ {4}/);
  assert.ok(!/\p{Cc}/u.test(written.join('').replaceAll('\n', '')));
});

test('what nobody sees, or what turns the direction of writing, is written out in the log, and hides nothing', () => {
  const { written, to } = paper();
  const lines: string[] = [];
  const log = createLog('info', [], to, { append: (line) => void lines.push(line) });
  log.info('Added \u202efdp.exe', {
    title: 'a\u2028b\u200bc\u2066d\ufeffe\u{e0041}f\u200dg',
    reason: '👩\u200d🔬 ❤\ufe0f\u001b[2J',
  });
  const expected = String.raw`Added \u202efdp.exe title=a\u2028b\u200bc\u2066d\ufeffe\u{e0041}f\u200dg reason=👩‍🔬 ❤️\u001b[2J`;
  for (const text of [written.join('').trimEnd(), ...lines, ...log.tail.lines().map((line) => line.text)])
    assert.ok(text.endsWith(expected), text);
});

test('a moment in the notation of Discord is written out, as nothing renders it in a log', () => {
  const { written, to } = paper();
  createLog('info', [], to).info('Out of quota until <t:1795334401:t>', { until: '<t:1795334401:R>' });
  assert.match(written.join(''), /until 2026-11-22 08:00 UTC until=2026-11-22 08:00 UTC/);
});
