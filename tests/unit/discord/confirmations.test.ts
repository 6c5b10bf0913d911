import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../../src/errors.ts';
import { createConfirmations } from '../../../src/discord/confirmations.ts';

function at(startedAt: number) {
  let now = startedAt;
  const clock = () => now;
  return { confirmations: createConfirmations(clock, () => 0.999), clock, wait: (ms: number) => (now += ms) };
}

test('a confirmation is good for the one who asked, once', () => {
  const { confirmations } = at(1_000_000);
  const { args, expiresAt } = confirmations.issue('11', 'nescordbot_backup_20261121_093005');
  assert.equal(expiresAt, 1_000_000 + 120_000);
  assert.throws(
    () => confirmations.redeem({ args, userId: '22' }),
    (error) => isAppError(error, 'forbidden'),
  );
  assert.equal(confirmations.redeem({ args, userId: '11' }), 'nescordbot_backup_20261121_093005');
  assert.throws(() => confirmations.redeem({ args, userId: '11' }), /second time/);
});

test('a confirmation is worth nothing after two minutes, nor when somebody made up a longer life for it', () => {
  const { confirmations, wait, clock } = at(1_000_000);
  const { args } = confirmations.issue('11', 'x');
  wait(120_001);
  assert.throws(() => confirmations.redeem({ args, userId: '11' }), /two minutes/);
  for (const expiry of [(clock() + 999_999).toString(36), 'NaN!', '']) {
    assert.throws(() => confirmations.redeem({ args: ['11', expiry, 'zz', 'x'], userId: '11' }), /two minutes/, expiry);
  }
});

test('a confirmation means the same to a bot that was started anew', () => {
  const { confirmations, clock } = at(1_000_000);
  const { args } = confirmations.issue('11', 'x');
  assert.equal(createConfirmations(clock, () => 0.999).redeem({ args, userId: '11' }), 'x');
});

test('what a button carries fits into a custom id, for the longest name and id there are', () => {
  const { confirmations } = at(Date.UTC(2100, 0, 1));
  const { args } = confirmations.issue('9'.repeat(20), 'nescordbot_backup_21000101_000000_1000');
  assert.ok(['restore', 'cancel', ...args].join(':').length <= 100);
});
