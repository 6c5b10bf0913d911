import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createMeter, unlessStalled } from '../../src/backup/vault/api.ts';
import { AppError } from '../../src/errors.ts';
import { collectGarbage } from '../support/garbage.ts';

const PIECES = 400;
const PIECE_BYTES = 10_000;
const otherwise = () => new AppError('damaged', 'other bytes');

test('a long transfer holds on to none of its pieces', async () => {
  const given: WeakRef<Buffer>[] = [];
  async function* pieces() {
    for (let at = 0; at < PIECES; at += 1) {
      const piece = Buffer.alloc(PIECE_BYTES, at);
      given.push(new WeakRef(piece));
      yield await Promise.resolve(piece);
    }
  }
  const meter = createMeter({ sizeBytes: null, sha256: null, otherwise });
  let most = 0;
  for await (const piece of meter.through(unlessStalled(pieces(), { label: 'x', idleMs: 600_000 }))) {
    assert.equal(piece.length, PIECE_BYTES);
    if (given.length % 50 > 0) continue;
    await setImmediate(); // what was looked at in a turn of the loop is held until its end
    collectGarbage();
    most = Math.max(most, given.filter((one) => one.deref() !== undefined).length);
  }
  assert.equal(meter.end().sizeBytes, PIECES * PIECE_BYTES);
  assert.ok(most >= 1 && most <= 5, `${most} pieces were held at once`);
});
