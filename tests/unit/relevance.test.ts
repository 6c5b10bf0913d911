import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRelevant, namesIn } from '../../src/knowledge/relevance.ts';
import { openTaught } from '../support/taught.ts';

const space = { vectorWeight: 1, similarityFloor: 0.6, unrelatedSimilarity: 0.4 };
const evidence = { coverage: 0, similarity: 0, unknownName: false };

test('either words or vectors are enough alone, and half of each is enough together', () => {
  assert.equal(isRelevant({ ...evidence, coverage: 1 }, space), true);
  assert.equal(isRelevant({ ...evidence, similarity: 0.6 }, space), true);
  assert.equal(isRelevant({ ...evidence, coverage: 0.55, similarity: 0.5 }, space), true);
  assert.equal(isRelevant({ ...evidence, coverage: 0.45, similarity: 0.45 }, space), false);
});

test('what unrelated texts share counts for nothing', () => {
  assert.equal(isRelevant({ ...evidence, coverage: 0.9, similarity: 0.4 }, space), false);
});

test('a name that is nowhere in the knowledge is not made up for by other words', () => {
  assert.equal(isRelevant({ coverage: 1, similarity: 0.5, unknownName: true }, space), false);
  assert.equal(isRelevant({ coverage: 0, similarity: 0.7, unknownName: true }, space), true);
  assert.equal(isRelevant({ coverage: 1, similarity: null, unknownName: true }, space), false);
});

test('names are told by their capital, not at the start of a sentence nor in a capitalised title', () => {
  assert.deepEqual(namesIn('What is the capital of France? Tell me.'), ['France']);
  assert.deepEqual(namesIn('Which Intent Do You Need'), []);
  assert.deepEqual(namesIn('WHICH INTENT'), []);
});

test('Japanese questions are answered or refused like English ones', async (t) => {
  const { retriever, teach } = openTaught(t);
  await teach(
    'g1',
    '梅雨',
    '梅雨は、5月から7月にかけて東アジアで見られる、曇りや雨の多い期間のことである。北海道には梅雨がない。',
  );
  await teach('g1', '料理', '味噌汁は、だしに味噌を溶いた日本の汁物で、豆腐やわかめを入れることが多い。');
  const asked = async (question: string) => (await retriever.retrieve('g1', question, 5)).relevant;
  assert.equal(await asked('梅雨がないのはどこですか'), true);
  assert.equal(await asked('味噌汁には何を入れますか'), true);
  assert.equal(await asked('フランスの首都はどこですか'), false);
  assert.equal(await asked('What is the capital of France?'), false);
});
