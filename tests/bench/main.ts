import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureIngest } from './ingest.ts';
import { measureQuestions } from './questions.ts';
import { tableOf, type Row } from './report.ts';
import { createPlace, openStage, teachCorpus } from './stage.ts';
import { measureStart } from './start.ts';
import { measureTogether } from './together.ts';

const sections = ['questions', 'ingest', 'together', 'start'] as const;
type Section = (typeof sections)[number];

const usage = `npm run bench [-- --quick] [-- SECTION ...]

  questions   the bot's own time per question beside a bare Chroma query
  ingest      how fast documents become ready beside a bare Chroma add, and the event loop's delay meanwhile
  together    many questions at the same moment, through Discord's side
  start       from the start of the process to ready, and its memory when idle
  --quick     small sizes: to see that it runs`;

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const full = { small: 1_000, large: 10_000, questions: 400, together: 200, idleMs: 20_000 };
const size = values.quick ? { small: 200, large: 1_000, questions: 50, together: 40, idleMs: 3_000 } : full;

async function measureSmall(): Promise<Row[]> {
  using place = createPlace();
  await using stage = await openStage(place);
  await teachCorpus(stage, size.small);
  return await measureQuestions(stage, size.questions);
}

async function measureAll(wanted: ReadonlySet<Section>): Promise<Row[]> {
  const rows: Row[] = [];
  if (wanted.has('questions')) rows.push(...(await measureSmall()));
  using place = createPlace();
  {
    await using stage = await openStage(place);
    const lesson = await teachCorpus(stage, size.large);
    if (wanted.has('questions')) rows.push(...(await measureQuestions(stage, size.questions)));
    if (wanted.has('ingest')) rows.push(...(await measureIngest(stage, lesson)));
  }
  if (wanted.has('together')) rows.push(...(await measureTogether(place, size.together)));
  if (wanted.has('start')) rows.push(...(await measureStart(place, size.large, size.idleMs)));
  return rows;
}

const unknown = positionals.filter((name) => !(sections as readonly string[]).includes(name));
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no section ${unknown.join(', ')}.\n\n${usage}` : usage);
} else {
  const startedAt = performance.now();
  const rows = await measureAll(new Set(positionals.length > 0 ? (positionals as Section[]) : sections));
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`;
  console.log(`${tableOf(rows)}\n\n${machine}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`);
}
