import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBackup } from './backup.ts';
import { measureConnections } from './connections.ts';
import { measureIngest } from './ingest.ts';
import { measureMentions } from './mentions.ts';
import { measureQuestions } from './questions.ts';
import { tableOf, type Row } from './report.ts';
import { createPlace, openStage, teachCorpus } from './stage.ts';
import { measureStart } from './start.ts';
import { measureTogether } from './together.ts';

const sections = ['questions', 'ingest', 'together', 'mentions', 'start', 'connections'] as const;
/** By its name only: it takes minutes and, at 1 GB, 10 GB of disk. */
const backupSection = 'backup';
type Section = (typeof sections)[number] | typeof backupSection;

const usage = `npm run bench [-- --quick] [-- SECTION ...]

  questions   the bot's own time per question beside a bare Chroma query
  ingest      how fast documents become ready beside a bare Chroma add, and the event loop's delay meanwhile
  together    many questions at the same moment, through Discord's side
  mentions    one member's many mentions: the health route and other members' answers meanwhile
  start       from the start of the process to ready, and its memory when idle
  connections a health check while one address holds more idle connections than there are places
  backup      a whole backup beside tar | zstd, restic and borg, and how people fare meanwhile; only when it is named
  --size      how much knowledge is backed up, such as 100MB or 1GB (the default)
  --rounds    how often each takes its turn (5)
  --quick     small sizes: to see that it runs`;

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    size: { type: 'string' },
    rounds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const units: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9 };
const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(MB|GB)$/i.exec(values.size ?? (values.quick ? '10MB' : '1GB')) ?? [];
const sizeBytes = Number(amount) * (units[unit.toUpperCase()] ?? Number.NaN);
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const full = { small: 1_000, large: 10_000, questions: 400, together: 200, mentions: 500, idleMs: 20_000 };
const size = values.quick
  ? { small: 200, large: 1_000, questions: 50, together: 40, mentions: 100, idleMs: 3_000 }
  : full;

async function measureSmall(): Promise<Row[]> {
  using place = createPlace();
  await using stage = await openStage(place);
  await teachCorpus(stage, size.small);
  return await measureQuestions(stage, size.questions);
}

async function measureCrowd(): Promise<Row[]> {
  using place = createPlace();
  return await measureConnections(place, size.questions);
}

async function measureAll(wanted: ReadonlySet<Section>): Promise<Row[]> {
  const rows: Row[] = [];
  if (wanted.has(backupSection)) rows.push(...(await measureBackup({ sizeBytes, rounds })));
  if (wanted.has('connections')) rows.push(...(await measureCrowd()));
  if ([...wanted].every((name) => name === backupSection || name === 'connections')) return rows;
  if (wanted.has('questions')) rows.push(...(await measureSmall()));
  using place = createPlace();
  {
    await using stage = await openStage(place);
    const lesson = await teachCorpus(stage, size.large);
    if (wanted.has('questions')) rows.push(...(await measureQuestions(stage, size.questions)));
    if (wanted.has('ingest')) rows.push(...(await measureIngest(stage, lesson)));
  }
  if (wanted.has('together')) rows.push(...(await measureTogether(place, size.together)));
  if (wanted.has('mentions')) rows.push(...(await measureMentions(place, size.mentions)));
  if (wanted.has('start')) rows.push(...(await measureStart(place, size.large, size.idleMs)));
  return rows;
}

const unknown = positionals.filter((name) => ![...sections, backupSection].includes(name as Section));
const isMistaken = !(sizeBytes > 0) || !(Number.isInteger(rounds) && rounds > 0);
if (values.help || unknown.length > 0 || isMistaken) {
  console.log(unknown.length > 0 ? `There is no section ${unknown.join(', ')}.\n\n${usage}` : usage);
} else {
  const startedAt = performance.now();
  const rows = await measureAll(new Set(positionals.length > 0 ? (positionals as Section[]) : sections));
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`;
  console.log(`${tableOf(rows)}\n\n${machine}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`);
}
