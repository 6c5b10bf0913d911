import { space } from './engine.ts';
import { timed } from './measure.ts';
import { ms, type Row } from './report.ts';
import { guildId, type Lesson, type Stage } from './stage.ts';

const rateTarget = 0.8;
const loopTargetMs = 50;
const batchSizes = [100, 500, 1_000];

/** Chroma's own client adding the same vectors to an empty collection, as fast as it can. */
async function bareRate({ bare, knowledge }: Stage, batchSize: number): Promise<number> {
  const { knowledge: store } = knowledge.store;
  const vectors: number[][] = [];
  for (let after = 0; ;) {
    const page = store.guildVectors(guildId, space.id, { after, limit: 1_000 });
    vectors.push(...page.map(({ vector }) => Array.from(vector)));
    after = page.at(-1)?.chunkId ?? 0;
    if (after === 0) break;
  }
  const name = `bare-${batchSize}`;
  const collection = await bare.createCollection({
    name,
    configuration: { hnsw: { space: 'cosine' } },
    embeddingFunction: null,
  });
  const taken = await timed(async () => {
    for (let from = 0; from < vectors.length; from += batchSize) {
      const embeddings = vectors.slice(from, from + batchSize);
      await collection.add({ ids: embeddings.map((_, at) => String(from + at)), embeddings });
    }
  });
  await bare.deleteCollection({ name });
  return (vectors.length / taken) * 1000;
}

export async function measureIngest(stage: Stage, lesson: Lesson): Promise<Row[]> {
  const rates: number[] = [];
  for (const batchSize of batchSizes) rates.push(await bareRate(stage, batchSize));
  const best = Math.max(...rates);
  const rate = lesson.chunks / lesson.seconds;
  return [
    {
      what: `ingest, ${lesson.chunks.toLocaleString('en')} chunks`,
      measured: `${rate.toFixed(0)} chunks/s`,
      beside: `bare add ${best.toFixed(0)}/s (batches of ${batchSizes[rates.indexOf(best)]}): ${(rate / best).toFixed(2)} ×`,
      target: `≥ ${rateTarget} ×`,
      met: rate / best >= rateTarget,
    },
    {
      what: 'longest event loop delay, ingest',
      measured: ms(lesson.loop.longestMs),
      beside: `p99 ${ms(lesson.loop.p99Ms)}`,
      target: `≤ ${loopTargetMs} ms`,
      met: lesson.loop.longestMs <= loopTargetMs,
    },
  ];
}
