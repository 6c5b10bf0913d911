import assert from 'node:assert/strict';
import { test } from 'node:test';
import { questionKey } from '../../src/knowledge/question-model.ts';
import { tempStore } from '../support/temp-store.ts';

const asked = {
  guildId: 'g1',
  channelId: 'c',
  userId: 'u',
  question: 'Why?',
  answer: 'Because.',
  outcome: 'answered' as const,
  rung: 'full',
  engine: 'offline',
  chunkIds: [],
  citedChunkIds: [],
  durationMs: 5,
  askedAt: 1000,
};

test('figures count the questions of every server that were asked in a time, and the votes that were given in it', (t) => {
  const { history, insights } = tempStore(t).store;
  const id = history.recordQuestion(asked);
  history.recordQuestion({ ...asked, guildId: 'g2', outcome: 'refused', askedAt: 1999 });
  history.recordQuestion({ ...asked, outcome: 'failed', askedAt: 1500 });
  history.recordQuestion({ ...asked, askedAt: 999 });
  history.recordQuestion({ ...asked, askedAt: 2000 });
  history.recordFeedback(id, 'u1', 'up', 1000);
  history.recordFeedback(id, 'u2', 'down', 1999);
  history.recordFeedback(id, 'u3', 'down', 2000);
  assert.deepEqual(insights.figures(1000, 2000), {
    questions: 3,
    answered: 1,
    refused: 1,
    failed: 1,
    up: 1,
    down: 1,
  });
  assert.equal(insights.figures(5000, 6000).questions, 0);
});

test('questions without an answer are counted by their words and server, the most frequent first', (t) => {
  const { history, insights } = tempStore(t).store;
  const refused = { ...asked, outcome: 'refused' as const };
  history.recordQuestion(asked);
  history.recordQuestion({ ...refused, question: 'Where is the harbour?', askedAt: 1001 });
  history.recordQuestion({ ...refused, question: ' where is the HARBOUR? ', askedAt: 1003 });
  history.recordQuestion({ ...refused, question: 'Where is the harbour?', guildId: 'g2', askedAt: 1004 });
  history.recordQuestion({ ...refused, question: 'Too old', askedAt: 1 });
  const found = insights.unanswered(1000, 10);
  assert.deepEqual(
    found.map(({ guildId, times, lastAskedAt }) => ({ guildId, times, lastAskedAt })),
    [
      { guildId: 'g1', times: 2, lastAskedAt: 1003 },
      { guildId: 'g2', times: 1, lastAskedAt: 1004 },
    ],
  );
  assert.equal(insights.unanswered(1000, 1).length, 1);
});

test('what was asked in private is counted and never quoted, and its repeats in public stand alone', (t) => {
  const { history, insights } = tempStore(t).store;
  const refused = { ...asked, outcome: 'refused' as const, askedAt: 1001 };
  history.recordQuestion({ ...refused, channelId: 'c/u', question: 'Am I about to be banned?' });
  history.recordQuestion({ ...refused, channelId: 'c/u', question: 'Where is the harbour?', askedAt: 1009 });
  history.recordQuestion({ ...refused, channelId: 'c/u', question: 'Too old', askedAt: 999 });
  history.recordQuestion({ ...asked, channelId: 'c/u', question: 'Answered', askedAt: 1001 });
  history.recordQuestion({ ...refused, question: 'Where is the harbour?' });
  assert.deepEqual(insights.unanswered(1000, 10), [
    {
      guildId: 'g1',
      key: questionKey('Where is the harbour?'),
      question: 'Where is the harbour?',
      times: 1,
      lastAskedAt: 1001,
    },
  ]);
  assert.equal(insights.unansweredPrivately(1000), 2);
  assert.equal(insights.figures(1000, 2000).refused, 3);
});

test('a dismissed question stays away however it is written and asked again, in its server alone, until it is brought back', (t) => {
  const { history, insights } = tempStore(t).store;
  const refused = { ...asked, outcome: 'refused' as const };
  history.recordQuestion({ ...refused, question: 'Where is the harbour?' });
  history.recordQuestion({ ...refused, question: 'Where is the harbour?', guildId: 'g2' });
  history.recordQuestion({ ...refused, question: 'Who feeds the cats?' });
  const harbour = insights.unanswered(0, 10, 'g1').find(({ question }) => question.includes('harbour'));
  assert.ok(harbour);
  insights.dismiss('g1', harbour.key, 5);
  insights.dismiss('g1', harbour.key, 6);
  history.recordQuestion({ ...refused, question: '  WHERE is the  harbour？！', askedAt: 1009 });
  const listed = (guildId?: string) =>
    insights.unanswered(0, 10, guildId).map((one) => `${one.guildId} ${one.question}`);
  assert.deepEqual(listed('g1'), ['g1 Who feeds the cats?']);
  assert.deepEqual(listed().sort(), ['g1 Who feeds the cats?', 'g2 Where is the harbour?']);
  assert.equal(insights.figures(0, 9999).refused, 4, 'it was asked all the same');
  insights.bringBack('g1', harbour.key);
  assert.equal(insights.unanswered(0, 10, 'g1').find(({ key }) => key === harbour.key)?.times, 2);
});
