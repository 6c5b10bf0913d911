import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, wordsIn } from '../../../src/errors.ts';
import { createAllowance } from '../../../src/discord/allowance.ts';

const MINUTE = 60_000;

test('a person who asked too often is told so in both languages, and it is known when to ask again', async () => {
  const allowance = createAllowance({
    user: { questions: 2, windowMs: MINUTE },
    guild: { questions: 100, windowMs: MINUTE },
  });
  await allowance.take('g', 'a');
  await allowance.take('g', 'a');
  await assert.rejects(allowance.take('g', 'a'), (error) => {
    assert.ok(error instanceof AppError && error.code === 'limit');
    assert.ok(error.retryAfterMs !== null && error.retryAfterMs > 0 && error.retryAfterMs <= MINUTE);
    assert.equal(wordsIn('ja', error.words), '短い時間に 2 件の質問をいただきました。');
    assert.equal(wordsIn('en', error.words), 'You have asked 2 questions in a short time.');
    return true;
  });
  await allowance.take('g', 'b');
  await allowance.take('another guild', 'a');
});

test('a server’s own limit counts for all, and costs nobody their share', async () => {
  const allowance = createAllowance({
    user: { questions: 2, windowMs: MINUTE },
    guild: { questions: 1, windowMs: MINUTE },
  });
  await allowance.take('g', 'a');
  for (let time = 0; time < 5; time += 1) {
    await assert.rejects(allowance.take('g', 'b'), /This server has asked 1 question in/);
  }
});
