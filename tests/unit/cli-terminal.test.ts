import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createTerminal } from '../../src/cli/terminal.ts';

test("Discord's times are times on a terminal, too, and left alone in JSON", () => {
  const out = new PassThrough();
  const streams = { out: out as unknown as NodeJS.WriteStream, notes: out as unknown as NodeJS.WriteStream };
  const text = 'Out of quota until <t:1795334401:t>.';
  createTerminal(streams, false).result(text, null);
  createTerminal(streams, true).result('', { text });
  const [plain, json] = String(out.read()).trim().split('\n');
  assert.match(plain ?? '', /^Out of quota until 2026-11-2\d \d\d:00\.$/);
  assert.equal(json, JSON.stringify({ text }));
});
