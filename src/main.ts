import { existsSync } from 'node:fs';
import process from 'node:process';
import { openApp } from './app.ts';
import { parseConfig, secretsOf } from './config.ts';
import { isAppError } from './errors.ts';
import { createLog } from './log.ts';

/** sysexits.h: EX_CONFIG. Process managers can tell it from a crash and need not try again. */
const EXIT_CONFIG = 78;
const STOP_WITHIN_MS = 10_000;

if (existsSync('.env')) process.loadEnvFile('.env');

const log = createLog('info', secretsOf(process.env));
try {
  await run();
} catch (error) {
  process.exitCode = isAppError(error, 'config') ? EXIT_CONFIG : 1;
  log.error(
    isAppError(error) ? error.message : 'The bot stopped because of a defect',
    isAppError(error) ? {} : { error },
  );
}

async function run(): Promise<void> {
  const config = parseConfig(process.env);
  const secrets = secretsOf(process.env);
  const starting = new AbortController();
  const stopped = Promise.withResolvers<string>();
  const stop = (signal: string): void => {
    if (starting.signal.aborted) process.exit(1); // a second signal means: at once
    starting.abort();
    stopped.resolve(signal);
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  const app = await openApp(config, { log: createLog(config.logLevel, secrets), signal: starting.signal });
  const signal = await Promise.race([stopped.promise, app.gaveUp.then(() => null)]);
  log.info(signal === null ? 'Stopping, for there is nothing to go on with' : `${signal} received, stopping`);
  await app[Symbol.asyncDispose]();
  log.info('Stopped');
  process.exit(signal === null ? 1 : 0); // not zero: a supervisor starts the bot again, and the start recovers
}
