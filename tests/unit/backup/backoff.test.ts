import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeDelay } from '../../../src/backup/backoff.ts';

const MINUTE_MS = 60_000;

test('a change is backed up after a minute of quiet, and not later because the clock was put back', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(changeDelay(now, now, -Infinity), MINUTE_MS);
  assert.equal(changeDelay(now, now, now - 3 * MINUTE_MS), 7 * MINUTE_MS);
  assert.equal(
    changeDelay(now, now, now + 600 * MINUTE_MS),
    10 * MINUTE_MS,
    'the last backup was made by a later clock',
  );
});
