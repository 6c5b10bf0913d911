import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withoutHalf } from './data-set.ts';
import type { DataSet } from './data-set.ts';
import { createExactIndex } from './exact-index.ts';
import { askAboutPages, pagesIn, reportOnPages } from './guide.ts';
import type { PageQuestion } from './guide.ts';
import { fill } from './knowledge-base.ts';
import { loadSets } from './load.ts';
import { measure } from './measure.ts';
import type { Measurement } from './measure.ts';
import { openEvalIndex } from './open-index.ts';
import type { EvalIndex } from './open-index.ts';
import { openTaught } from './open-taught.ts';
import { isBelow, reportOn } from './report.ts';

const usage = `npm run eval [-- --set DIR] [--every N] [--exact]

  --set DIR   a folder with a data set in SQuAD's or TREC's form (may be given several times);
              otherwise eval/jsquad and eval/cranfield in NESCORDBOT_TEST_DATA, or in ../shared/data
  --every N   every Nth question only; without it, so many of a large set that about 5,000 are asked
  --exact     compare with every vector instead of asking Chroma`;

const dataFolder = process.env.NESCORDBOT_TEST_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const mostQuestions = 5_000;

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    every: { type: 'string' },
    exact: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function evaluate(set: DataSet, every: number): Promise<Measurement> {
  await using stack = new AsyncDisposableStack();
  const { index, name } = stack.use(await openEvalIndex(values.exact));
  const taught = stack.use(await teach(set, index));
  const queries = set.queries.filter((_, position) => position % every === 0);
  const measurement = await measure({ ...taught, queries });
  const size = `${taught.passageOf.size} passages, ${queries.length} questions`;
  console.log(reportOn({ title: `${set.name}: ${size}, ${taught.embedder.space.id}, ${name}`, measurement }));
  await reportUncovered(set, every);
  console.log();
  return measurement;
}

/** Where documents have several passages, half of them are left out, and what only they answer is asked. */
async function reportUncovered(set: DataSet, every: number): Promise<void> {
  const { kept, uncovered } = withoutHalf(set);
  const questions = uncovered.filter((_, position) => position % (every * 4) === 0);
  if (questions.length === 0) return;
  await using taught = await teach({ ...set, documents: kept }, createExactIndex());
  let refused = 0;
  for (const { text } of questions) if (!(await taught.retriever.retrieve('eval', text, 10)).relevant) refused += 1;
  const share = ((100 * refused) / questions.length).toFixed(1);
  console.log(`  Of ${questions.length} questions about documents that were left out, it would refuse ${share} %.`);
}

async function teach(set: Pick<DataSet, 'name' | 'documents'>, index: EvalIndex['index']) {
  await using opening = new AsyncDisposableStack();
  const taught = opening.use(openTaught(index));
  const passageOf = await fill({ ...taught, set });
  const opened = opening.move();
  return { ...taught, passageOf, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Everyday questions about a manual; figures for people, without a bound. */
async function reportGuide(): Promise<void> {
  const folder = join(dataFolder, 'corpus', 'discordjs-guide', 'guide');
  if (!existsSync(folder)) {
    console.log(`Skipped: the questions about a manual. There is no ${folder}.\n`);
    return;
  }
  const file = new URL('./guide-questions.json', import.meta.url);
  const questions = JSON.parse(readFileSync(file, 'utf8')) as PageQuestion[];
  const asked = await askAboutPages(await pagesIn(folder), questions);
  console.log(`${reportOnPages(`discordjs-guide: ${questions.length} everyday questions, exact neighbours`, asked)}\n`);
}

function foldersToRead(): string[] {
  if (values.set !== undefined) return values.set;
  return ['jsquad', 'cranfield'].map((name) => join(dataFolder, 'eval', name));
}

function stepFor({ queries }: DataSet): number {
  if (values.every === undefined) return Math.ceil(queries.length / mostQuestions);
  return Math.max(1, Number.parseInt(values.every, 10) || 1);
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const missing = foldersToRead().filter((folder) => !existsSync(folder));
  if (missing.length > 0) {
    console.error(`There is no ${missing.join(', ')}. Give a folder with --set DIR, or set NESCORDBOT_TEST_DATA.`);
    return 2;
  }
  let below = 0;
  for (const set of foldersToRead().flatMap(loadSets)) if (isBelow(await evaluate(set, stepFor(set)))) below += 1;
  if (values.set === undefined) await reportGuide();
  console.log(
    'recall@5: share of the relevant passages among the first five; nDCG@10: order of the first ten; both 0…1.',
  );
  return below === 0 ? 0 : 1;
}

process.exitCode = await main();
