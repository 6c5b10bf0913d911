import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { Chunker } from '../../src/knowledge/ports.ts';
import { REMOVED_KEPT_MS } from '../../src/knowledge/purge.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';
import { createLineChunker } from '../support/line-chunker.ts';
import { assemble, ended, text } from '../support/knowledge-parts.ts';
import { tempStore } from '../support/temp-store.ts';
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
