import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Passage } from '../../src/knowledge/model.ts';
import type { GenerationRequest, Generator } from '../../src/knowledge/ports.ts';

export type OpenGenerator = (t: TestContext) => Generator | Promise<Generator>;

const texts = [
  'The ferry to the island leaves at nine every morning from the north pier.',
  'Bread is baked with flour, water and salt in the old oven.',
];

export function generationRequest(change: Partial<GenerationRequest> = {}): GenerationRequest {
  const question = 'When does the ferry to the island leave?';
  const passages = texts.map((text, n) => ({ number: n + 1, passage: passageOf(text, n) }));
  return {
    instructions: 'Answer from the passages only and cite them as [n].',
    prompt: `${passages.map(({ number, passage }) => `[${number}] ${passage.text}`).join('\n')}\n\nQuestion: ${question}`,
    conversation: [],
    question,
    passages,
    language: 'en',
    maxOutputTokens: 500,
    ...change,
  };
}

function passageOf(text: string, n: number): Passage {
  const place = { chunkId: n + 1, documentId: 1, title: 'Notes', url: null, ordinal: n, headings: [], tokens: 20 };
  return { ...place, text, score: 1 - n / 10, similarity: 0.8 - n / 10, bm25: 5 - n };
}

export async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** What every generator promises, whoever is behind it. */
export function generatorContract(name: string, open: OpenGenerator): void {
  test(`${name}: the pieces make a text that cites a passage it was given`, async (t) => {
    const generator = await open(t);
    const text = await textOf(generator.generate(generationRequest()));
    assert.match(text, /\[1\]/);
    for (const [, number] of text.matchAll(/\[(\d+)\]/g)) assert.ok(Number(number) >= 1 && Number(number) <= 2);
    assert.ok(text.isWellFormed());
    assert.ok(generator.name.length > 0);
  });

  test(`${name}: a conversation comes along without confusing the answer`, async (t) => {
    const conversation = [
      { role: 'user', text: 'Is there bread?' },
      { role: 'model', text: 'Yes. [2]' },
    ] as const;
    assert.match(await textOf((await open(t)).generate(generationRequest({ conversation }))), /\[1\]/);
  });

  test(`${name}: a cancelled request throws aborted`, async (t) => {
    const generator = await open(t);
    await assert.rejects(textOf(generator.generate(generationRequest(), AbortSignal.abort())), {
      name: 'AppError',
      code: 'aborted',
    });
  });

  test(`${name}: a reader who stops early holds nothing up`, async (t) => {
    const generator = await open(t);
    for await (const piece of generator.generate(generationRequest())) {
      assert.ok(piece.length > 0);
      break;
    }
    assert.match(await textOf(generator.generate(generationRequest())), /\[1\]/);
  });
}
