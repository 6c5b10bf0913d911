import assert from 'node:assert/strict';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createChunker } from '../../src/adapters/threads/chunker.ts';
import { openTextPool, type TextPool, type TextPoolOptions } from '../../src/adapters/threads/pool.ts';
import { chunkBlocks } from '../../src/knowledge/chunk.ts';
import { readBlocks } from '../../src/adapters/extract/markdown.ts';
import { growth } from '../support/growth.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function openPool(t: TestContext, change: Partial<TextPoolOptions> = {}): TextPool {
  const workerFile = new URL('../../src/text-worker.ts', import.meta.url);
  const pool = openTextPool({ workerFile, maxThreads: 1, idleTimeoutMs: 5_000, ...change });
  t.after(() => pool.close());
  return pool;
}

test('the thread gives the same chunks as the functions it is made of, in order, over several pages', async (t) => {
  const text = Array.from({ length: 700 }, (_, n) => `## Section ${n}\n\nText ${n} of 本文`).join('\n\n');
  const chunks = await createChunker(openPool(t)).chunk({ title: 'T', name: 'a.md', content: bytes(text) });
  assert.deepEqual(chunks, chunkBlocks('T', readBlocks(text), { name: 'a.md' }));
});

test('a plain text file is not read as code or headings where it is indented or ruled', async (t) => {
  const content = bytes('    indented\n\nname\n----\nvalue');
  const [chunk] = await createChunker(openPool(t)).chunk({ title: 'T', name: 'a.TXT', content });
  assert.deepEqual(chunk?.headings, []);
  assert.match(chunk?.text ?? '', /indented\n\nname\n----\nvalue/);
});

test('an error keeps its code and both languages on the way out of the thread', async (t) => {
  const chunker = createChunker(openPool(t));
  await assert.rejects(chunker.chunk({ title: 'T', name: 'a.md', content: Buffer.from([1, 0, 2]) }), (error: Error) => {
    assert.equal(error.name, 'AppError');
    assert.equal('code' in error && error.code, 'invalid');
    assert.match(JSON.stringify('words' in error && error.words), /UTF-8 のテキスト/);
    return true;
  });
});

test('a single line of 10 MB becomes chunks in the other thread: the main one has a small part of the work', async (t) => {
  const chunker = createChunker(openPool(t));
  await chunker.chunk({ title: 'T', name: 'a.md', content: bytes('warm') });
  const content = bytes('All work and no play. '.repeat(455_000));
  const [before, mainBefore] = [process.cpuUsage(), process.threadCpuUsage()];
  const chunks = await chunker.chunk({ title: 'T', name: 'a.md', content });
  const [all, main] = [process.cpuUsage(before), process.threadCpuUsage(mainBefore)].map(
    ({ user, system }) => user + system,
  );
  assert.ok((main ?? 0) < 0.25 * (all ?? 0), `${main} of ${all} microseconds`);
  assert.ok(chunks.length > 5_000);
  assert.equal(
    chunks.reduce((sum, { text }) => sum + (text.match(/All work/g)?.length ?? 0), 0),
    455_000,
  );
});

test('texts made to be slow to parse take work in proportion to their length', async (t) => {
  const chunker = createChunker(openPool(t));
  for (const unit of ['`', '[', '> ', '- ', '|', '*', '<!--', '\n#', ' ', '~~~x\n']) {
    const read = (size: number) =>
      chunker
        .chunk({ title: 'T', name: 'a.md', content: bytes(unit.repeat(size / unit.length)) })
        .catch((error: unknown) => assert.match(String(error), /AppError.*passages/));
    const times = await growth(read, { from: 10_000, to: 160_000 });
    assert.ok(times < 64, `${unit}: ${times} times the work for 16 times the length`);
  }
});

test('a text that needs more memory than a thread has fails alone, and the next one is read', async (t) => {
  const chunker = createChunker(openPool(t, { maxHeapMb: 32 }));
  const content = bytes('- a\n'.repeat(200_000));
  await assert.rejects(chunker.chunk({ title: 'T', name: 'a.md', content }), { code: 'invalid', message: /memory/ });
  assert.equal((await chunker.chunk({ title: 'T', name: 'a.md', content: bytes('after') })).length, 1);
});

test('cancelling ends the work at once, and the next text is read by a new thread', async (t) => {
  const chunker = createChunker(openPool(t));
  const abort = new AbortController();
  const long = chunker.chunk({ title: 'T', name: 'a.md', content: bytes('あ。'.repeat(1_500_000)) }, abort.signal);
  setImmediate(() => abort.abort());
  await assert.rejects(long, { code: 'aborted' });
  await assert.rejects(chunker.chunk({ title: 'T', name: 'a.md', content: bytes('x') }, abort.signal), {
    code: 'aborted',
  });
  assert.equal((await chunker.chunk({ title: 'T', name: 'a.md', content: bytes('after') })).length, 1);
});

test('an idle pool keeps no thread, and a closed one refuses work', async (t) => {
  const pool = openPool(t, { idleTimeoutMs: 20 });
  const chunker = createChunker(pool);
  assert.equal(pool.threads(), 0);
  await chunker.chunk({ title: 'T', name: 'a.md', content: bytes('x') });
  while (pool.threads() > 0) await delay(10);
  await pool.close();
  await assert.rejects(chunker.chunk({ title: 'T', name: 'a.md', content: bytes('x') }), { code: 'aborted' });
});

test('vectors made in a thread arrive whole, and a defect there arrives with its message', async (t) => {
  const pool = openPool(t, { workerFile: new URL('../support/vector-worker.ts', import.meta.url) });
  const vectors = await pool.run<Float32Array[]>('vectors', { count: 3 });
  assert.deepEqual(
    vectors.map((vector) => Array.from(vector)),
    [
      [0, 0.5],
      [1, 0.5],
      [2, 0.5],
    ],
  );
  await assert.rejects(pool.run('defect', {}), /there is a bug/);
});

test('a table of a million cells, wide or long, is read within 128 MB, and its passages keep the header', async (t) => {
  const chunker = createChunker(openPool(t, { maxHeapMb: 128 }));
  const wide = `|${' a |'.repeat(100_000)}\n|${'---|'.repeat(100_000)}\n${`|${' b |'.repeat(100_000)}\n`.repeat(10)}`;
  const ofWide = await chunker.chunk({ title: 'T', name: 'a.md', content: bytes(wide) });
  assert.ok(ofWide.length > 1_000);
  const long = `| Lamp | Oil |\n| --- | --- |\n${'| the lamp | the oil |\n'.repeat(120_000)}`;
  const ofLong = await chunker.chunk({ title: 'T', name: 'a.md', content: bytes(long) });
  assert.ok(ofLong.length > 1_000);
  assert.ok(ofLong.every(({ text }) => text.startsWith('| Lamp | Oil |\n| --- | --- |\n| the lamp')));
});
