import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocument } from '../../src/adapters/extract/read.ts';
import { sharedData } from '../support/shared-data.ts';
import { openTaught } from '../support/taught.ts';

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
