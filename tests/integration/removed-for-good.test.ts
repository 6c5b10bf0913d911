import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { dropFreePages } from '../../src/adapters/sqlite/free-pages.ts';
import type { Chunker } from '../../src/knowledge/ports.ts';
import { REMOVED_KEPT_MS } from '../../src/knowledge/purge.ts';
import type { RecordedQuestion } from '../../src/knowledge/store-ports.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { createLineChunker } from '../support/line-chunker.ts';
import { assemble, ended, text } from '../support/knowledge-parts.ts';
import { seeded } from '../support/seeded.ts';
import { tempFolder, tempStore } from '../support/temp-store.ts';
import { piecesOf, tracesIn } from '../support/traces.ts';
import { unitVector } from '../support/vectors.ts';

const DIMENSIONS = 64;
const NOTHING_IN_IT = 'Emptyzorblax';

/** A library whose clock is ours, with vectors like those of a model: no two have a number in common. */
function openRoom(t: TestContext) {
  const { store, file } = tempStore(t);
  const watched = createWatchedEmbedder(DIMENSIONS);
  const vectors: Float32Array[] = [];
  const embedder = {
    ...watched,
    embedDocuments: async (texts: readonly unknown[]) =>
      texts.map(() => {
        const vector = unitVector(vectors.length + 1, DIMENSIONS);
        vectors.push(vector);
        return vector;
      }),
  };
  let now = Date.UTC(2026, 0, 1);
  const cutting = createLineChunker();
  const chunker: Chunker = {
    chunk: (source, signal) => (source.title === NOTHING_IN_IT ? Promise.resolve([]) : cutting.chunk(source, signal)),
  };
  const parts = assemble(store, { embedder, chunker, clock: () => now, keptMs: REMOVED_KEPT_MS, batchSize: 100 });
  parts.runner.start();
  t.after(() => parts.runner.stop());
  return {
    ...parts,
    store,
    file,
    vectors,
    now: () => now,
    later: (ms: number) => {
      now += ms;
      parts.runner.wake();
    },
  };
}

/** Of what the full-text index keeps, how it keeps it: stemmed, and by the beginnings that words have in common. */
function indexedTerms(file: string): string[] {
  const db = new Database(file, { readonly: true });
  db.exec("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, chunk_words, 'row')");
  const terms = db.prepare<[], string>('SELECT term FROM terms').pluck().all();
  db.close();
  return terms;
}

test('a removed document can be read in no file of the database, neither its words nor its vectors', async (t) => {
  const { library, store, file, vectors, now, later } = openRoom(t);
  const filler = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `ordinary${(from * 7 + at * 13) % 97}`).join(' ');
  const teach = async (title: string, lines: readonly string[]) => {
    const { document, job } = library.add(text(lines.join('\n'), { title, name: `${title}.md` }));
    assert.equal((await ended(library, job)).state, 'done');
    return document;
  };
  const neighbours = (at: number) =>
    Array.from({ length: 3 }, (_, line) => `neighbour${at} stays ${filler(at + line, 60)}`);
  for (let at = 0; at < 8; at += 1) await teach(`Kept ${at}`, neighbours(at));

  const small = await teach('Xylozebra', ['The quagglewort runs quickly.', filler(1, 20)]);
  const japanese = await teach('鸚鵡の秘密', ['鸚鵡貝の合言葉は龗龗麤だ。', '麤龗は誰にも話さない。']);
  // Its content and its passages go over many pages.
  const long = Array.from({ length: 120 }, (_, line) => `vexqualia${line} ${filler(line, 150)} vexqualia${line}`);
  const large = await teach('Large', long);
  for (let at = 8; at < 16; at += 1) await teach(`Kept ${at}`, neighbours(at));
  const failed = library.add(text('...', { title: NOTHING_IN_IT }));
  assert.equal((await ended(library, failed.job)).state, 'failed');

  const words = ['Xylozebra', 'quagglewort', 'quagglewort'.toUpperCase(), '鸚鵡', '龗龗麤', '麤龗', NOTHING_IN_IT];
  const removed = [...words, ...long.map((_, line) => `vexqualia${line} `)];
  const gone = vectors.slice(24, 24 + 2 + 2 + long.length);
  const pieces = gone.flatMap(piecesOf);
  assert.ok(tracesIn(dirname(file), removed).length > 0, 'they were there');
  assert.equal(new Set(tracesIn(dirname(file), pieces).map((trace) => trace.split(': ')[1])).size, pieces.length);

  const jobs = [small, japanese, large, failed.document].map(
    ({ id }) => store.knowledge.removeDocument('g1', id, now())?.job ?? null,
  );
  later(REMOVED_KEPT_MS);
  for (const job of jobs) {
    assert.equal((await ended(library, job)).state, 'done');
    later(REMOVED_KEPT_MS * 2); // the next wiping waits, so that many removals in a row are one
  }
  assert.deepEqual(tracesIn(dirname(file), [...removed, ...pieces]), []);
  const terms = indexedTerms(file).filter((term) => /quagglewort|vexqualia|xylozebra|龗|麤|鸚|emptyzor/i.test(term));
  assert.deepEqual(terms, []);
  assert.equal((await store.knowledge.searchWords('g1', ['neighbour5'], 99)).length, 3, 'the others are all there');
  assert.equal((await store.knowledge.searchWords('g1', ['stays'], 99)).length, 48);
});

test('a row that was moved before it was removed can be read in no backup', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'copy.db');
  const db = new Database(file);
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('secure_delete = ON');
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)');
  const random = seeded(2);
  const wordOf = (id: number) => `secret${id} `;
  const textOf = (id: number) => `${wordOf(id)}${'x'.repeat(random() * 900)}`;
  const put = db.prepare('INSERT INTO rows VALUES (:id, :text) ON CONFLICT DO UPDATE SET text = :text');
  db.exec('BEGIN');
  for (let id = 1; id <= 400; id += 1) put.run({ id, text: textOf(id) });
  for (let change = 0; change < 600; change += 1) {
    const id = 1 + Math.floor(random() * 400);
    put.run({ id, text: textOf(id) });
  }
  db.exec('DELETE FROM rows WHERE id % 2 = 1; COMMIT');
  db.close();
  const removed = Array.from({ length: 200 }, (_, at) => wordOf(at * 2 + 1));
  assert.ok(tracesIn(folder, removed).length > 0, 'SQLite left some where they had been');
  await dropFreePages(file);
  assert.deepEqual(tracesIn(folder, removed), []);
  assert.equal(
    new Set(
      tracesIn(
        folder,
        Array.from({ length: 200 }, (_, at) => wordOf(at * 2 + 2)),
      ),
    ).size,
    200,
  );
});

test('kept answers say that a source was removed where they quoted it, in the language of their question', async (t) => {
  const { library, store, file, now, later } = openRoom(t);
  const teach = async (title: string, lines: string) => {
    const { document, job } = library.add(text(lines, { title }));
    assert.equal((await ended(library, job)).state, 'done');
    return { ...document, chunkIds: store.knowledge.chunks(document.id, { offset: 0, limit: 9 }).map(({ id }) => id) };
  };
  const secret = await teach('Secrets', 'The password is quagglewort.\n合言葉は龗龗麤だ。');
  const harbour = await teach('Harbour', 'The harbour opens at nine.');
  const [password = 0, japanese = 0] = secret.chunkIds;
  const [opens = 0] = harbour.chunkIds;
  const records = (given: Partial<RecordedQuestion>) =>
    store.history.recordQuestion({
      guildId: 'g1',
      channelId: 'c1',
      userId: 'u1',
      question: 'When does the harbour open, and what is the password?',
      answer: '',
      outcome: 'answered',
      rung: 'full',
      engine: 'offline',
      chunkIds: [opens],
      citedChunkIds: [],
      durationMs: 1,
      askedAt: now(),
      ...given,
    });
  const both = records({
    answer: 'It opens at nine. [1] It is quagglewort. [2]',
    chunkIds: [opens, password],
    citedChunkIds: [opens, password],
  });
  const inJapanese = records({
    channelId: 'c2',
    question: '合言葉は何ですか。',
    answer: '合言葉は龗龗麤です。[1]',
    chunkIds: [japanese],
    citedChunkIds: [japanese],
  });
  const followUp = records({
    question: 'And how is it spelt?',
    answer: 'The harbour opens at nine. [1]\nAs I said, quagglewort.',
    citedChunkIds: [opens],
  });
  const other = records({ channelId: 'c3', answer: 'The harbour opens at nine. [1]', citedChunkIds: [opens] });
  const answerOf = (id: number) => store.history.question(id)?.answer;
  const quoted = ['quagglewort', '龗龗麤'];

  const removal = store.knowledge.removeDocument('g1', secret.id, now());
  later(REMOVED_KEPT_MS - 1);
  assert.match(answerOf(both) ?? '', /quagglewort/, 'it can be brought back');
  later(1);
  assert.equal((await ended(library, removal?.job ?? null)).state, 'done');
  assert.equal(answerOf(both), 'It opens at nine. [1] (removed source)');
  assert.equal(answerOf(inJapanese), '（削除された出典）');
  assert.equal(answerOf(followUp), 'The harbour opens at nine. [1]\n(removed source)');
  assert.equal(answerOf(other), 'The harbour opens at nine. [1]');
  assert.deepEqual(tracesIn(dirname(file), quoted), []);
});
