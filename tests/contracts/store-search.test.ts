import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import type { Store } from '../../src/adapters/sqlite/open.ts';
import { lineChunk } from '../support/line-chunker.ts';
import { tempStore } from '../support/temp-store.ts';

async function teach({ knowledge }: Store, lines: readonly string[], guildId = 'g1', ready = true) {
  const content = Buffer.from(`${guildId} ${lines.join('\n')}`);
  const shown = { title: 'T', name: 't.md', url: null, addedBy: 'u1', replyTo: null };
  const { document } = knowledge.addDocument({ guildId, content, ...shown }, 1);
  const chunks = lines.map((line, ordinal) => lineChunk('T', ordinal, line));
  await knowledge.replaceChunks(document.id, chunks);
  if (ready) knowledge.markReady(document.id);
  return document.id;
}

async function found({ knowledge }: Store, words: readonly string[], guildId = 'g1', limit = 10): Promise<string[]> {
  const hits = await knowledge.searchWords(guildId, words, limit);
  const texts = new Map(knowledge.passages(guildId, hits.map((hit) => hit.chunkId)).map((p) => [p.chunkId, p.text])); // prettier-ignore
  return hits.map((hit) => texts.get(hit.chunkId) ?? `invisible ${hit.chunkId}`);
}

test('the passage with more and rarer of the words comes first, with the higher score', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['cats eat fish', 'cats eat rare truffles', 'dogs bark', 'birds sing', 'fish swim', 'cats nap']);
  assert.deepEqual((await found(store, ['cats', 'truffles']))[0], 'cats eat rare truffles');
  const hits = await store.knowledge.searchWords('g1', ['cats', 'truffles'], 10);
  const scores = hits.map((hit) => hit.score);
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  assert.ok((scores[0] ?? 0) > 0);
});

test('a word of the title or headings counts more than one of the text, and is counted once', async (t) => {
  const { store } = tempStore(t);
  const id = await teach(store, ['one', 'two', 'three', 'four', 'five']);
  const words = ['filler\nmodal window', 'modal\nwindow filler', 'a\nb', 'c\nd', 'e\nf'];
  await store.knowledge.replaceChunks(
    id,
    words.map((each, ordinal) => Object.assign(lineChunk('T', ordinal, each.replace('\n', ' › ')), { words: each })),
  );
  assert.deepEqual(await found(store, ['modal']), ['modal › window filler', 'filler › modal window']);
  assert.equal(store.knowledge.wordFrequencies(['modal']).frequencies.get('modal'), 2);
});

test('words match in their other forms in English, and as they are cut in Japanese', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['Restoring backups', '東京の天気は晴れです', 'Nothing else', 'Anything else']);
  assert.deepEqual(await found(store, ['restore', 'backup']), ['Restoring backups']);
  assert.deepEqual(await found(store, ['天気']), ['東京の天気は晴れです']);
});

test('a guild finds its own passages only, also when its name looks like a query', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['the secret plan', 'a', 'b'], 'g1');
  await teach(store, ['the secret cake', 'c', 'd'], 'g2');
  await teach(store, ['the secret door', 'e', 'f'], 'g1 OR g2');
  assert.deepEqual(await found(store, ['secret'], 'g1'), ['the secret plan']);
  assert.deepEqual(await found(store, ['secret'], 'g2'), ['the secret cake']);
  assert.deepEqual(await found(store, ['secret'], 'g1 OR g2'), ['the secret door']);
  assert.deepEqual(await found(store, ['secret'], '" OR words:secret'), []);
  assert.deepEqual(await found(store, ['g1', 'g2'], 'g1'), []);
});

test('a document is not found before it is ready', async (t) => {
  const { store } = tempStore(t);
  const id = await teach(store, ['the kraken', 'x', 'y'], 'g1', false);
  assert.deepEqual(await found(store, ['kraken']), []);
  store.knowledge.markReady(id);
  assert.deepEqual(await found(store, ['kraken']), ['the kraken']);
});

test('many better passages that may not be seen do not hide those that may', async (t) => {
  const { store } = tempStore(t);
  await teach(
    store,
    Array.from({ length: 200 }, () => 'kraken kraken kraken'),
    'g1',
    false,
  );
  await teach(store, ['a kraken among many other things that live in the sea', ...Array.from({ length: 300 }, (_, n) => `${n}`)]); // prettier-ignore
  assert.deepEqual(await found(store, ['kraken'], 'g1', 3), ['a kraken among many other things that live in the sea']);
});

test('operators, quotes, control characters and emptiness are only words', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['plain text', 'say "hello" NEAR AND not', 'other', 'more', 'again']);
  const hostile = [
    '"',
    '""',
    'a"b',
    '*',
    'hel*',
    'words:',
    '^plain',
    '(',
    ')',
    '-text',
    'NEAR(a b)',
    '\0',
    'pla\0in',
    '',
    ' ',
    '＊',
  ];
  for (const word of hostile) await found(store, [word]);
  await found(store, hostile);
  assert.deepEqual(await found(store, ['hel*']), []);
  assert.deepEqual(await found(store, ['pla\0in']), ['plain text']);
  assert.deepEqual(await found(store, ['NEAR', 'AND']), ['say "hello" NEAR AND not']);
  assert.deepEqual(await found(store, []), []);
  assert.deepEqual(await found(store, ['plain'], 'g1', 0), []);
});

test('words that most passages have are left out, unless there are no others', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['the cat', 'the dog', 'the bird', 'the fish']);
  assert.deepEqual(await found(store, ['the', 'cat']), ['the cat']);
  assert.equal((await found(store, ['the'])).length, 4);
});

test('thousands of words are as good as the first of them', async (t) => {
  const { store } = tempStore(t);
  await teach(store, ['a needle here', 'x', 'y']);
  const words = ['needle', ...Array.from({ length: 5000 }, (_, n) => `word${n}`)];
  assert.deepEqual(await found(store, words), ['a needle here']);
});

test('frequencies count chunks, in all forms of the word, and follow every change', async (t) => {
  const { store, reopen } = tempStore(t);
  await teach(store, ['run running', 'runs', 'walk']);
  const counted = (of: Store, words: string[]) => {
    const { chunks, frequencies } = of.knowledge.wordFrequencies(words);
    return [chunks, Object.fromEntries(frequencies)];
  };
  assert.deepEqual(counted(store, ['running', 'walk', 'fly', '"']), [3, { running: 2, walk: 1, fly: 0, '"': 0 }]);
  const second = await teach(store, ['fly', 'walk']);
  assert.deepEqual(counted(store, ['fly', 'walk']), [5, { fly: 1, walk: 2 }]);
  store.knowledge.removeDocument('g1', second, 2);
  store.knowledge.purgeChunks(second, store.knowledge.removedChunkIds(second, 9));
  assert.deepEqual(counted(store, ['fly', 'walk']), [3, { fly: 0, walk: 1 }]);
  assert.deepEqual(counted(reopen(), ['walk']), [3, { walk: 1 }]);
});

test('frequencies follow what another process writes', async (t) => {
  const { store, file } = tempStore(t);
  await teach(store, ['walk', 'run']);
  assert.equal(store.knowledge.wordFrequencies(['walk']).frequencies.get('walk'), 1);
  const other = openStore({ file, timeoutMs: 1000 });
  t.after(() => other.close());
  await teach(other, ['walk more', 'fly']);
  assert.equal(store.knowledge.wordFrequencies(['walk']).frequencies.get('walk'), 2);
});
