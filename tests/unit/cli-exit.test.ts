import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, explain } from '../../src/cli/exit.ts';
import { AppError } from '../../src/errors.ts';

test('what went wrong first is told, not what closing ran into afterwards', () => {
  const interrupted = new AppError('aborted', 'Stopped.');
  const twice = new SuppressedError(new Error('the disk is full'), interrupted);
  assert.equal(exitCodeOf(twice), 130);
  assert.equal(explain(twice), explain(interrupted));
});
