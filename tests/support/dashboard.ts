import { openApp, type App } from '../../src/app.ts';
import type { EXAMPLE_DAYS } from '../../src/app/example-questions.ts';
import { prepareExamples } from '../../src/app/examples.ts';
import { parseConfig } from '../../src/config.ts';
import { playgroundEnvironment } from '../../src/config/playground.ts';
import { createLog, type RecordedLog } from '../../src/log.ts';
import { PassThrough } from 'node:stream';

export interface ExampleApp extends AsyncDisposable {
  readonly app: App;
  readonly origin: string;
  readonly log: RecordedLog;
}

interface ExampleAppOptions {
  readonly days?: typeof EXAMPLE_DAYS;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `npm run playground` shows, on a folder and a port of its own. */
export async function openExampleApp(folder: string, options: ExampleAppOptions = {}): Promise<ExampleApp> {
  const { days, environment } = options;
  const config = parseConfig({
    ...playgroundEnvironment({ DATA_DIR: folder }),
    BACKUP_AFTER_CHANGES: 'false',
    PORT: '0',
    ...environment,
  });
  const log = createLog('info', [], new PassThrough().resume());
  await prepareExamples(config, { log, ...(days === undefined ? {} : { days }) });
  // What it runs on here says nothing about the bot.
  const machine = { mounts: null, hasContainerFile: false, cgroup: '' };
  const app = await openApp(config, { log, logTail: log.tail, machine });
  return { app, origin: app.origin, log, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** A link such as the playground's page hands out. */
export async function linkOf(origin: string): Promise<string> {
  const response = await fetch(`${origin}/playground/dashboard`, {
    method: 'POST',
    headers: { 'x-requested-with': 'nescordbot' },
  });
  const { href } = (await response.json()) as { readonly href: string };
  return `${origin}${href}`;
}
