import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeter, unlessStalled } from '../../src/backup/vault/api.ts';
import { AppError } from '../../src/errors.ts';

const otherwise = () => new AppError('damaged', 'other bytes');
const pieces = async function* (count: number, sizeBytes: number) {
  for (let at = 0; at < count; at += 1) yield await Promise.resolve(Buffer.alloc(sizeBytes, at));
};

test('a long transfer holds on to none of its pieces', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const meter = createMeter({ sizeBytes: null, sha256: null, otherwise });
  let peak = 0;
  const steady = unlessStalled(pieces(400, 1_000_000), { label: 'x', idleMs: 10_000 });
  for await (const piece of meter.through(steady)) {
    assert.equal(piece.length, 1_000_000);
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }
  assert.equal(meter.end().sizeBytes, 400_000_000);
  assert.ok(peak < 300_000_000, `${Math.round(peak / 1e6)} MB were held`);
});
