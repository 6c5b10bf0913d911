import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PASSAGES_PER_DOCUMENT, type Sample, type Turn } from './churn-model.ts';
import { environmentOf, foldersIn, startTrialChild } from './kill-trial.ts';
import { mallocSettings } from './malloc-settings.ts';

export interface Churn {
  /** An empty folder. */
  readonly folder: string;
  /** That are there all the time. */
  readonly live: number;
  /** That come and go. */
  readonly passages: number;
  /** Between two samples; each passage that comes or goes is one. */
  readonly changes: number;
  readonly onRow?: (row: string) => void;
}

export interface ChurnFigures {
  readonly fresh: Figures;
  readonly most: Figures;
  readonly last: Figures;
  readonly askedP50Ms: number;
  readonly askedP99Ms: number;
  readonly freshP99Ms: number;
}

export interface Figures {
  readonly filesMb: number;
  readonly databaseMb: number;
  readonly indexMb: number;
  readonly botMb: number;
  readonly heapMb: number;
  readonly chromaMb: number;
}

/** What a process takes that nobody has asked says nothing of what it takes at work. */
const QUESTIONS = 300;

/** How much a knowledge base takes whose documents come and go, and how much one that has just been taught as much. */
export async function churn({
  folder,
  live,
  passages,
  changes,
  onRow = () => undefined,
}: Churn): Promise<ChurnFigures> {
  const documents = live / PASSAGES_PER_DOCUMENT;
  const each = changes / 2 / PASSAGES_PER_DOCUMENT;
  const fresh = startChild(join(folder, 'fresh'));
  await fresh.ready;
  const young = await fresh.order<Sample>({ add: documents, remove: 0, questions: QUESTIONS });
  fresh.process.disconnect();
  await fresh.exited;
  const freshFigures = figuresOf(young);
  onRow('changes  passages  database MB  index MB  bot MB  heap MB  Chroma MB  p99 ms');
  onRow(rowOf('fresh', young));

  const child = startChild(join(folder, 'churned'));
  try {
    await child.ready;
    await child.order<Sample>({ add: documents, remove: 0, questions: 0 });
    const [samples, asked]: [Figures[], number[]] = [[], []];
    for (let changed = changes; changed <= 2 * passages; changed += changes) {
      const sample = await child.order<Sample>({ add: each, remove: each, questions: 0 });
      samples.push(figuresOf(sample));
      asked.push(...sample.askedMs);
      onRow(rowOf(String(changed), sample));
    }
    const most = (of: (figures: Figures) => number) => Math.max(...samples.map(of));
    return {
      fresh: freshFigures,
      most: {
        filesMb: most(({ filesMb }) => filesMb),
        databaseMb: most(({ databaseMb }) => databaseMb),
        indexMb: most(({ indexMb }) => indexMb),
        botMb: most(({ botMb }) => botMb),
        heapMb: most(({ heapMb }) => heapMb),
        chromaMb: most(({ chromaMb }) => chromaMb),
      },
      last: samples.at(-1) ?? freshFigures,
      askedP50Ms: percentile(asked, 0.5),
      askedP99Ms: percentile(asked, 0.99),
      freshP99Ms: percentile(young.askedMs, 0.99),
    };
  } finally {
    if (child.process.connected) child.process.disconnect();
    await child.exited;
  }
}

function startChild(folder: string) {
  mkdirSync(folder);
  // As `npm start` has it.
  const env = { ...environmentOf(foldersIn(folder)), NODE_OPTIONS: '--max-semi-space-size=2', ...mallocSettings() };
  return startTrialChild<Turn>('churn-child.ts', env);
}

const mb = (bytes: number): number => Math.round(bytes / 1e5) / 10;

function figuresOf({ databaseBytes, indexBytes, botBytes, heapBytes, chromaBytes }: Sample): Figures {
  return {
    filesMb: mb(databaseBytes + indexBytes),
    databaseMb: mb(databaseBytes),
    indexMb: mb(indexBytes),
    botMb: mb(botBytes),
    heapMb: mb(heapBytes),
    chromaMb: mb(chromaBytes),
  };
}

function rowOf(what: string, sample: Sample): string {
  const { databaseMb, indexMb, botMb, heapMb, chromaMb } = figuresOf(sample);
  const columns = [sample.passages, databaseMb, indexMb, botMb, heapMb, chromaMb, percentile(sample.askedMs, 0.99)];
  return [what.padStart(7), ...columns.map((one, at) => String(one).padStart([8, 11, 8, 6, 7, 9, 6][at] ?? 8))].join(
    '  ',
  );
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
