import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNRECORDED } from '../../src/knowledge/store-ports.ts';
import { recordedQuestion as asked } from '../support/recorded-question.ts';
import { tempStore } from '../support/temp-store.ts';

test('a question is recorded with its passages in order, and found by any message that carries its answer', (t) => {
  const { store, reopen } = tempStore(t);
  const id = store.history.recordQuestion(asked({ durationMs: 12.6 }));
  store.history.linkMessage(id, 'm1');
  store.history.linkMessage(id, 'm2');
  store.history.linkMessage(999, 'm3');
  const { history } = reopen();
  const expected = { ...asked({ durationMs: 13 }), id };
  assert.deepEqual(history.question(id), expected);
  assert.deepEqual(history.questionByMessage('m1'), expected);
  assert.deepEqual(history.questionByMessage('m2'), expected);
  assert.equal(history.questionByMessage('m3'), null);
  assert.equal(history.question(999), null);
});

test('the last exchanges of a channel come oldest first', (t) => {
  const { history } = tempStore(t).store;
  for (const question of ['one', 'two', 'three']) history.recordQuestion(asked({ question }));
  history.recordQuestion(asked({ question: 'elsewhere', channelId: 'c2' }));
  assert.deepEqual(history.recentQuestions('c1', 2).map((found) => found.question), ['two', 'three']); // prettier-ignore
});

test('an answer that goes on is one answer, with all that it cites; of a question that is gone nothing is kept', (t) => {
  const { history } = tempStore(t).store;
  const id = history.recordQuestion(asked({ answer: 'One. [1]', chunkIds: [4, 5], citedChunkIds: [5] }));
  history.extendAnswer(id, { answer: 'One. [1] Two. [2]', citedChunkIds: [5, 4] });
  const { answer, chunkIds, citedChunkIds } = history.question(id) ?? {};
  assert.deepEqual([answer, chunkIds, citedChunkIds], ['One. [1] Two. [2]', [4, 5], [5, 4]]);
  history.extendAnswer(99, { answer: 'x', citedChunkIds: [1] });
  assert.equal(history.question(99), null);
});

test('what somebody asked before they were forgotten is not recorded any more, and what they ask later is', (t) => {
  const { history, people } = tempStore(t).store;
  people.saveForgotten([{ userId: 'u1', at: 1000 }]);
  const before = history.recordQuestion(asked({ userId: 'u1', askedAt: 1000 }));
  assert.equal(before, UNRECORDED);
  assert.equal(history.question(before), null);
  assert.equal(history.recordFeedback(before, 'u2', 'up', 1001), false);
  assert.ok(history.recordQuestion(asked({ userId: 'u1', askedAt: 1001 })) > 0);
  assert.ok(history.recordQuestion(asked({ userId: 'u2', askedAt: 1000 })) > 0);
  assert.deepEqual([people.countOf('u1').questions, people.countOf('u2').questions], [1, 1]);
});

test('each person has one vote, which they can change', (t) => {
  const { history } = tempStore(t).store;
  const id = history.recordQuestion(asked());
  assert.equal(history.recordFeedback(id, 'u1', 'up', 1), true);
  assert.equal(history.recordFeedback(id, 'u1', 'down', 2), true);
  assert.equal(history.recordFeedback(id, 'u2', 'down', 3), true);
  assert.equal(history.recordFeedback(999, 'u1', 'up', 4), false);
  assert.deepEqual(history.feedback(id), { up: 0, down: 2 });
});

test('the summary counts one guild since a time', (t) => {
  const { history } = tempStore(t).store;
  const id = history.recordQuestion(asked());
  history.recordQuestion(asked({ outcome: 'refused' }));
  history.recordQuestion(asked({ outcome: 'failed' }));
  history.recordQuestion(asked({ askedAt: 1 }));
  history.recordQuestion(asked({ guildId: 'g2' }));
  history.recordFeedback(id, 'u1', 'up', 1);
  assert.deepEqual(history.summary('g1', 1000), { questions: 3, answered: 1, refused: 1, up: 1, down: 0 });
});

test('usage adds up by model and task since an hour', (t) => {
  const { usage } = tempStore(t).store;
  const hour = 3_600_000;
  const used = { model: 'm', task: 'embed' as const, requests: 1, inputTokens: 10, outputTokens: 0 };
  usage.recordUsage({ ...used, at: hour - 1 });
  usage.recordUsage({ ...used, at: hour });
  usage.recordUsage({ ...used, at: 2 * hour + 5 });
  usage.recordUsage({ ...used, at: hour, task: 'generate', outputTokens: 4 });
  assert.deepEqual(usage.usageSince(hour + 7), [
    { model: 'm', task: 'embed', requests: 2, inputTokens: 20, outputTokens: 0 },
    { model: 'm', task: 'generate', requests: 1, inputTokens: 10, outputTokens: 4 },
  ]);
});

test('settings keep any JSON value by scope, and forget on request', (t) => {
  const { store, reopen } = tempStore(t);
  assert.equal(store.settings.setting('global', 'k'), undefined);
  store.settings.saveSetting('global', 'k', { a: [1, null] });
  store.settings.saveSetting('g1', 'k', false);
  const { settings } = reopen();
  assert.deepEqual([settings.setting('global', 'k'), settings.setting('g1', 'k')], [{ a: [1, null] }, false]);
  settings.saveSetting('g1', 'k', undefined);
  assert.equal(settings.setting('g1', 'k'), undefined);
});
