import process from 'node:process';
import { parseArgs } from 'node:util';
import { findBaseImage } from './base-image.ts';
import { buildImage } from './build.ts';
import { succeeds } from './command.ts';
import { checkContents } from './contents.ts';
import { inspectImage } from './image.ts';
import { checkLife } from './life.ts';
import { checkRefusals } from './refusals.ts';
import { createReport, seconds } from './report.ts';
import { checkSeparateChroma } from './separate-chroma.ts';
import { checkSurprises } from './surprises.ts';
import { openVolumes } from './volumes.ts';

/** sysexits.h: EX_UNAVAILABLE. Nothing was checked, which is neither good nor bad. */
const EXIT_UNAVAILABLE = 69;
const TAG = 'localhost/nescordbot-check';

const write = (line: string): void => void process.stdout.write(`${line}\n`);

const missing = await whatIsMissing();
if (missing !== null) {
  write(`The image cannot be checked here: ${missing}`);
  process.exitCode = EXIT_UNAVAILABLE;
} else {
  await main().catch((error: unknown) => {
    write(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { base: { type: 'string' } } });
  const report = createReport(write);
  let startedAt = performance.now();
  const base = await findBaseImage(values.base ?? process.env['NESCORDBOT_BASE_IMAGE'] ?? null).catch(
    (error: unknown) => {
      if ((error as { exitCode?: unknown }).exitCode !== EXIT_UNAVAILABLE) throw error;
      write(String(error));
      return null;
    },
  );
  if (base === null) {
    process.exitCode = EXIT_UNAVAILABLE;
    return;
  }
  write(`Base image: ${base.name}, ${base.origin} (${seconds(performance.now() - startedAt)})`);
  startedAt = performance.now();
  await buildImage(TAG, base.name);
  write(`Built in ${seconds(performance.now() - startedAt)}\n`);

  const image = await inspectImage(TAG);
  await using volumes = await openVolumes();
  await report.check('what is in it', () => checkContents(image));
  const home = { data: await volumes.create('data'), index: await volumes.create('chromadb_data') };
  const shared = { data: await volumes.create('group-data', 0o775), index: await volumes.create('group-index', 0o775) };
  await checkLife(image, home, shared, report);
  await checkSurprises(image, home, volumes, report);
  await checkSeparateChroma(image, volumes, report);
  await checkRefusals(image, volumes, report);
  const { failed, words } = report.end();
  write(`\n${words}`);
  if (failed > 0) process.exitCode = 1;
}

async function whatIsMissing(): Promise<string | null> {
  if (process.platform !== 'linux') return 'it takes Linux.';
  if (process.getuid?.() !== 0) return 'it takes root, to mount volumes and to run containers.';
  for (const tool of ['buildah', 'runc'])
    if (!(await succeeds(tool, ['--version'])))
      return `${tool} is not installed. On Debian: apt-get install buildah runc mmdebstrap`;
  return null;
}
