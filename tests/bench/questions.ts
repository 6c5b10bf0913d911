import type { Stage } from './stage.ts';
import { guildId } from './stage.ts';
import { fusionDepth } from '../../src/knowledge/fuse.ts';
import { seeded } from '../support/seeded.ts';
import { questionAbout } from './corpus.ts';
import { space } from './engine.ts';
import { percentile, timed } from './measure.ts';
import { ms, type Row } from './report.ts';

const warmUp = 40;
const p50Target = 2;

interface Question {
  readonly text: string;
  readonly vector: Float32Array;
}

/** Questions about passages from all over, with vectors near those of their passages. */
export function prepareQuestions(
  { knowledge, engine }: Pick<Stage, 'knowledge' | 'engine'>,
  count: number,
): Question[] {
  const { knowledge: store } = knowledge.store;
  const random = seeded(count);
  const documents = store.documents(guildId, { offset: 0, limit: 1_000 }).items;
  return Array.from({ length: count }, () => {
    const document = documents[Math.floor(random() * documents.length)];
    const offset = Math.floor(random() * (document?.chunkCount ?? 0));
    const [chunk] = store.chunks(document?.id ?? 0, { offset, limit: 1 });
    const [near] = store.vectors(space.id, [chunk?.id ?? 0]);
    if (chunk === undefined || near === undefined) throw new Error('There is nothing to ask about.');
    const text = questionAbout(chunk.text, random);
    const blurred = near.vector.map((value) => value + (random() - 0.5) * 0.05);
    const length = Math.hypot(...blurred);
    const vector = blurred.map((value) => value / length);
    engine.questions.set(text, vector);
    return { text, vector };
  });
}

async function ask({ knowledge: { answers } }: Stage, question: string): Promise<void> {
  const about = { guildId, channelId: '1', userId: '2', locale: 'en' as const, conversation: [] };
  let outcome = '';
  for await (const event of answers.ask({ ...about, question }))
    if (event.kind === 'final') outcome = `${event.answer.outcome} ${event.answer.rung}`;
  if (outcome !== 'answered full') throw new Error(`“${question}” was ${outcome}, which measures something else.`);
}

/** Our whole way from a question to its recorded answer, beside the one query of Chroma's that is part of it; in turns. */
export async function measureQuestions(stage: Stage, count: number): Promise<Row[]> {
  const { bare, collectionName } = stage;
  const collection = bare.collection((await bare.getCollection({ name: collectionName })).id);
  const questions = prepareQuestions(stage, count + warmUp);
  const [ours, bares]: [number[], number[]] = [[], []];
  for (const [turn, { text, vector }] of questions.entries()) {
    const query = { queryEmbeddings: [Array.from(vector)], nResults: fusionDepth, include: ['distances' as const] };
    const asking = async () => void ours.push(await timed(() => ask(stage, text)));
    const querying = async () => void bares.push(await timed(() => collection.query(query)));
    // Whoever comes second finds the vectors at hand, so they take turns.
    for (const each of turn % 2 === 0 ? [asking, querying] : [querying, asking]) await each();
  }
  const [own, chroma] = [ours.slice(warmUp), bares.slice(warmUp)];
  const { chunks } = stage.knowledge.library.status(guildId);
  const ratio = percentile(own, 0.5) / percentile(chroma, 0.5);
  const name = `question, ${chunks.toLocaleString('en')} chunks`;
  return [
    {
      what: `${name}, p50`,
      measured: ms(percentile(own, 0.5)),
      beside: `bare query ${ms(percentile(chroma, 0.5))}: ${ratio.toFixed(2)} ×`,
      target: `≤ ${p50Target} ×`,
      met: ratio <= p50Target,
    },
    {
      what: `${name}, p99`,
      measured: ms(percentile(own, 0.99)),
      beside: `bare query ${ms(percentile(chroma, 0.99))}`,
    },
  ];
}
