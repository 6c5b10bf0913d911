import process from 'node:process';
import { openShell } from '../app/shell.ts';
import { parseConfig, secretsOf } from '../config.ts';
import { loadEnvFile } from '../config/env-file.ts';
import { createLog } from '../log.ts';
import { exitCodeOf, explain } from './exit.ts';
import { createProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

const interrupted = new AbortController();
const stop = (): void => interrupted.abort();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

const program = createProgram(async ({ guild, json = false }, work) => {
  loadEnvFile('.env', process.env);
  const config = parseConfig(process.env);
  const log = createLog(config.logLevel === 'debug' ? 'debug' : 'warn', secretsOf(process.env), process.stderr);
  await using shell = await openShell(config, { log, signal: interrupted.signal, guildId: guild ?? null });
  const terminal = createTerminal({ out: process.stdout, notes: process.stderr }, json);
  await work({ ...shell, terminal, signal: interrupted.signal });
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  const words = explain(error);
  if (words !== null) process.stderr.write(`${words}\n`);
}
