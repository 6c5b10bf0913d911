import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocument } from '../../src/adapters/extract/read.ts';
import { isRelevant, namesIn } from '../../src/knowledge/relevance.ts';
import { sharedData } from '../support/shared-data.ts';
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

test('the discord.js guide answers what it covers and nothing else', async (t) => {
  const folder = sharedData('corpus', 'discordjs-guide', 'guide');
  if (folder === null) return t.skip('there is no folder of evaluation data');
  const { retriever, teach } = openTaught(t);
  for (const name of (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.md')).toSorted()) {
    const blocks = readDocument(await readFile(join(folder, name)), name);
    await teach('g1', blocks[0]?.headings[0] ?? name, blocks);
  }
  const ask = (question: string) => retriever.retrieve('g1', question, 8);
  const intent = await ask('Which intent do I need to read message content?');
  assert.equal(intent.passages[0]?.title, 'Gateway Intents');
  assert.equal(intent.relevant, true);
  for (const question of covered) assert.equal((await ask(question)).relevant, true, question);
  for (const question of uncovered) assert.equal((await ask(question)).relevant, false, question);
});

const covered = [
  'How do I reply to a slash command?',
  'What is sharding?',
  'How do I add a button to a message?',
  'How do I show a modal?',
  'What are partials for?',
  'How do I play audio in a voice channel?',
  'How long does an interaction token last?',
];

const uncovered = [
  'What is the capital of France?',
  'voice regions of Mars',
  'Who won the world cup in 2018?',
  'How do I bake sourdough bread?',
  'When was the Eiffel Tower built?',
  'How do I train a neural network with PyTorch?',
  'フランスの首都はどこですか',
];
