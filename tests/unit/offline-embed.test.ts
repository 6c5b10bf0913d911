import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../src/errors.ts';
import { createOfflineEmbedder } from '../../src/adapters/offline/embed.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { searchWords } from '../../src/knowledge/words.ts';

const vocabulary = { words: searchWords, common: commonWords };
const embedder = createOfflineEmbedder({ vocabulary });

function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0);
}

test('vectors have length 1 and the dimensions of their space, also for a text without words', async () => {
  for (const text of ['Gateway intents', '東京都', '', '!!! \0', 'a '.repeat(10_000)]) {
    const vector = await embedder.embedQuery(text);
    assert.equal(vector.length, embedder.space.dimensions);
    assert.ok(Math.abs(cosine(vector, vector) - 1) < 1e-5);
  }
});

test('the space is named after everything that makes vectors comparable', () => {
  assert.equal(embedder.space.id, 'offline-hash-v1/768');
  assert.equal(createOfflineEmbedder({ vocabulary, dimensions: 256 }).space.id, 'offline-hash-v1/256');
});

test('the vectors of this version stay what they were: stored ones must remain comparable', async () => {
  const vector = await embedder.embedQuery('Gateway intents 東京');
  const places = [31, 462, 12].map((place) => Number((vector[place] ?? 0).toFixed(3)));
  assert.deepEqual(places, [-0.374, -0.299, 0.187]);
});

test('other forms of a word are near, in English and Japanese, and other subjects are not', async () => {
  const near = async (one: string, other: string) =>
    cosine(await embedder.embedQuery(one), await embedder.embedQuery(other));
  assert.ok((await near('restoring backups', 'restore a backup')) > 0.3);
  assert.ok((await near('機械学習の方法', '機械学習')) > 0.5);
  assert.ok((await near('restore a backup', 'voice channel audio')) < 0.15);
});

test('a document is embedded with its title, in order, here or where the caller says', async () => {
  const texts = [
    { title: 'Intents', text: 'MessageContent is privileged.' },
    { title: '', text: 'Buttons' },
  ];
  const here = await embedder.embedDocuments(texts);
  assert.deepEqual(here[0], await embedder.embedQuery('Intents\nMessageContent is privileged.'));
  const asked: string[][] = [];
  const elsewhere = createOfflineEmbedder({
    vocabulary,
    embedMany: async (whole) => {
      asked.push([...whole]);
      return Promise.all(whole.map((text) => embedder.embedQuery(text)));
    },
  });
  assert.deepEqual(await elsewhere.embedDocuments(texts), here);
  assert.deepEqual(asked, [['Intents\nMessageContent is privileged.', 'Buttons']]);
});

test('a cancelled embedding is aborted', async () => {
  const aborted = (error: unknown) => isAppError(error, 'aborted');
  await assert.rejects(embedder.embedQuery('text', AbortSignal.abort()), aborted);
  const stop = new AbortController();
  const texts = Array.from({ length: 5_000 }, (_, place) => ({ title: '', text: `text number ${place} `.repeat(20) }));
  const embedding = embedder.embedDocuments(texts, stop.signal);
  stop.abort();
  await assert.rejects(embedding, aborted);
});
