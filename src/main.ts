import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { logFileDespiteMistakes, parseConfig } from './config.ts';
import { secretsOf } from './config/secrets.ts';
import { loadEnvFile, type EnvFile } from './config/env-file.ts';
import type { Environment } from './config/environment.ts';
import { playgroundEnvironment } from './config/playground.ts';
import { isAppError, type ErrorCode } from './errors.ts';
import { createLog, type Log } from './log.ts';
import type { LineFile } from './log/line-file.ts';
import { openLogFile } from './log/log-file.ts';

/** sysexits.h: EX_CONFIG. Process managers can tell it from a crash and need not try again. */
const EXIT_CONFIG = 78;
/** What the operator can mend: the message says it all, and a stack would hide it. */
const REMEDY_SAID = new Set<ErrorCode>(['config', 'conflict']);
const STOP_WITHIN_MS = 10_000;
/** Whatever is still open then: a bot that has failed and does not end is not started again. */
const endInTime = () => void setTimeout(() => process.exit(process.exitCode ?? 1), STOP_WITHIN_MS).unref();

// What is kept is nobody else's to read; the group stays, for platforms that give each start another user of one group.
process.umask(process.umask() | 0o007);

// A start without stripping types again: 20 MB less memory, measured. So the app is imported after this.
const compiled = fileURLToPath(new URL('../.cache/compile', import.meta.url));
enableCompileCache(compiled);
process.env['NODE_COMPILE_CACHE'] ??= compiled; // which each thread reads for itself

const isPlayground = process.argv.includes('--playground');
let environment: Environment = process.env;
let logFile: LineFile | null = null;
try {
  await run(loadEnvFile('.env', process.env));
} catch (error) {
  process.exitCode = isAppError(error, 'config') ? EXIT_CONFIG : 1;
  endInTime();
  logFile ??= await fileForMistakes();
  const log = createLog('error', secretsOf(process.env), process.stdout, logFile);
  if (!isAppError(error)) log.error('The bot stopped because of a defect', { error });
  else log.error(error.message, REMEDY_SAID.has(error.code) || error.cause === undefined ? {} : { cause: error.cause });
}

function tellOfFile(log: Log, error: unknown): void {
  if (error === null) log.info('The log file is written to again');
  else log.warn('The log file cannot be written to at the moment; the console has everything', { error });
}

/** A configuration that is refused is told there, too, wherever that can be told from what is right of it. */
async function fileForMistakes(): Promise<LineFile | null> {
  const config = logFileDespiteMistakes(environment);
  if (config === null) return null;
  return openLogFile(config, () => undefined).catch(() => null); // why not is told when the rest is right
}

async function run(file: EnvFile): Promise<void> {
  if (isPlayground) environment = playgroundEnvironment(process.env);
  const config = parseConfig(environment, file);
  if (config.logFile !== null) logFile = await openLogFile(config.logFile, (error) => tellOfFile(log, error));
  const log = createLog(config.logLevel, secretsOf(process.env), process.stdout, logFile);
  for (const notice of config.notices) log.warn(notice);
  const starting = new AbortController();
  const stopped = Promise.withResolvers<string>();
  const stop = (signal: string): void => {
    if (starting.signal.aborted) process.exit(1); // a second signal means: at once
    starting.abort();
    stopped.resolve(signal);
    endInTime();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Reading the program itself takes the first seconds of a fresh machine.
  log.info('NescordBot is starting');

  const { openApp } = await import('./app.ts');
  const { signal } = starting;
  const open = async () => {
    if (isPlayground) await (await import('./app/examples.ts')).prepareExamples(config, { log, signal });
    return openApp(config, { log, logTail: log.tail, signal });
  };
  const app = await open().catch((error: unknown) => {
    if (!signal.aborted || !isAppError(error, 'aborted')) throw error;
    return null; // asked to stop while it was starting: what had been opened is closed
  });
  const gaveUp = app === null ? [] : [app.gaveUp.then(() => null)];
  const reason = await Promise.race([stopped.promise, ...gaveUp]);
  if (reason === null) endInTime();
  log.info(reason === null ? 'Stopping, for there is nothing to go on with' : `${reason} received, stopping`);
  await app?.[Symbol.asyncDispose]();
  log.info('Stopped');
  await logFile?.flush();
  process.exit(reason === null ? 1 : 0); // not zero: a supervisor starts the bot again, and the start recovers
}
