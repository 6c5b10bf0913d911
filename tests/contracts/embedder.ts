import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Embedder } from '../../src/knowledge/ports.ts';

export type OpenEmbedder = (t: TestContext) => Embedder | Promise<Embedder>;

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
}

/** What every embedder promises, whoever is behind it. */
export function embedderContract(name: string, open: OpenEmbedder): void {
  test(`${name}: vectors have the space's dimensions and length 1, one for each text, in order`, async (t) => {
    const embedder = await open(t);
    const texts = ['cats sleep all day', 'trains run on time', '猫は一日中寝ている'].map((text) => ({
      title: 'T',
      text,
    }));
    const vectors = await embedder.embedDocuments(texts);
    assert.equal(vectors.length, texts.length);
    for (const vector of vectors) {
      assert.equal(vector.length, embedder.space.dimensions);
      assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-4);
    }
    const alone = await embedder.embedDocuments(texts.slice(1, 2));
    assert.deepEqual(alone[0], vectors[1]);
  });

  test(`${name}: a question is nearest to the passage that has its words`, async (t) => {
    const embedder = await open(t);
    const passages = ['The ferry to the island leaves at nine.', 'Bread is baked with flour, water and salt.'];
    const [ferry, bread] = await embedder.embedDocuments(passages.map((text) => ({ title: 'Notes', text })));
    const question = await embedder.embedQuery('when does the ferry leave for the island?');
    assert.ok(ferry && bread && dot(question, ferry) > dot(question, bread));
    assert.ok(Math.abs(dot(question, question) - 1) < 1e-4);
  });

  test(`${name}: more texts than fit one request come back whole and in order`, async (t) => {
    const embedder = await open(t);
    const texts = Array.from({ length: 260 }, (_, n) => ({ title: '', text: `number${n} is unlike number${n + 1}` }));
    const vectors = await embedder.embedDocuments(texts);
    assert.equal(vectors.length, 260);
    const [one] = await embedder.embedDocuments(texts.slice(201, 202));
    assert.deepEqual(vectors[201], one);
  });

  test(`${name}: no texts give no vectors, and an odd text gives one`, async (t) => {
    const embedder = await open(t);
    assert.deepEqual(await embedder.embedDocuments([]), []);
    const odd = ['?!', '\u202eRTL مرحبا', '👨‍👩‍👧', 'x'.repeat(20_000)].map((text) => ({ title: '', text }));
    for (const vector of await embedder.embedDocuments(odd)) assert.ok(vector.every(Number.isFinite));
  });

  test(`${name}: a cancelled call rejects with aborted`, async (t) => {
    const embedder = await open(t);
    const signal = AbortSignal.abort();
    await assert.rejects(embedder.embedQuery('q', signal), { name: 'AppError', code: 'aborted' });
    await assert.rejects(embedder.embedDocuments([{ title: '', text: 'x' }], signal), { code: 'aborted' });
  });

  test(`${name}: the space's id is stable and names model and dimensions`, async (t) => {
    const [one, two] = [await open(t), await open(t)];
    assert.deepEqual(one.space, two.space);
    assert.ok(one.space.id.startsWith(`${one.space.model}/${one.space.dimensions}`));
    assert.ok(one.relevance.vectorWeight > 0);
    assert.ok(one.relevance.similarityFloor > 0 && one.relevance.similarityFloor < 1);
  });
}
