import process from 'node:process';
import { openBackupShell } from '../app/backup-shell.ts';
import { examine } from '../app/doctor.ts';
import { openPortable } from '../app/portable.ts';
import { recoveryFacts } from '../app/recovery-facts.ts';
import { settingsFromShell } from '../app/settings-shell.ts';
import { openShell } from '../app/shell.ts';
import { parseConfig, type Config } from '../config.ts';
import { secretsOf } from '../config/secrets.ts';
import { loadEnvFile } from '../config/env-file.ts';
import { variables } from '../config/variables.ts';
import { createLog, type Log } from '../log.ts';
import { auditLogOf } from '../app/audit-log.ts';
import { confirmClock } from '../app/trusted-clock.ts';
import { audited } from '../health/audit-model.ts';
import type { WithAlerts } from './alerts.ts';
import { EXIT, exitCodeOf, explain, failureAsJson, isUnread } from './exit.ts';
import type { WithClock } from './clock.ts';
import type { WithSettings } from './config.ts';
import { createConfirm } from './confirm.ts';
import { createProgram, type WithShell } from './program.ts';
import type { WithBackups } from './backup/program.ts';
import type { WithRecovery } from './backup/recovery-kit.ts';
import type { WithDoctor } from './doctor.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const interrupted = new AbortController();
const stop = (): void => interrupted.abort();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

// What was begun is ended, wherever its words go: whoever reads may have read enough, as in `backup list | head -1`, and the
// disk under `> list.txt` may be full.
let unwritten: Error | null = null;
process.stdout.on('error', (error) => {
  if (!isUnread(error)) unwritten ??= error;
});
process.stderr.on('error', () => undefined);
process.on('exit', () => {
  if (unwritten === null) return;
  process.exitCode ||= EXIT.failed;
  process.stderr.write(`The output could not be written: ${unwritten.message}\n`);
});

const terminalFor = (json: boolean): Terminal => createTerminal({ out: process.stdout, notes: process.stderr }, json);

function configured(): { config: Config; log: Log } {
  const config = parseConfig(process.env, loadEnvFile('.env', process.env));
  const log = createLog(config.logLevel === 'debug' ? 'debug' : 'warn', secretsOf(process.env), process.stderr);
  return { config, log };
}

const withShell: WithShell = async ({ guild, json = false }, work) => {
  const { config, log } = configured();
  await using shell = await openShell(config, { log, signal: interrupted.signal, guildId: guild ?? null });
  const terminal = terminalFor(json);
  await work({ ...shell, terminal, signal: interrupted.signal });
};

const withBackups: WithBackups = async ({ json = false, restores = false }, work) => {
  const { config, log } = configured();
  const { signal } = interrupted;
  await using opened = await openBackupShell(config, { log, signal, restores });
  const terminal = terminalFor(json);
  const confirm = createConfirm(process.stdin, process.stderr, signal);
  const { manager: backups, offSite, audit } = opened;
  await work({ backups, offSite, audit, ...openPortable(config, opened), terminal, signal, confirm });
};

const withSettings: WithSettings = async ({ json = false }, work) => {
  const { config } = configured();
  const terminal = terminalFor(json);
  work(settingsFromShell(config), terminal);
  for (const notice of config.notices) terminal.note(notice);
};

const withRecovery: WithRecovery = ({ json = false, showSecrets = false }, work) => {
  const facts = recoveryFacts(configured().config, { at: Date.now(), showsSecrets: showSecrets });
  return work(facts, terminalFor(json));
};

const withAlerts: WithAlerts = async ({ json = false }, work) => {
  const { config } = configured();
  const { tryAlerts } = await import('../app/alerts.ts'); // discord.js takes its time, and no other command needs it
  const terminal = terminalFor(json);
  process.exitCode = await work(() => tryAlerts(config, interrupted.signal), terminal);
};

const withDoctor: WithDoctor = async ({ json = false }, work) => {
  const quiet = createLog('error', secretsOf(process.env), process.stderr);
  const terminal = terminalFor(json);
  process.exitCode = await work(() => examine(() => configured().config, { log: quiet }), terminal);
};

const withClock: WithClock = async ({ json = false }, work) => {
  const { config, log } = configured();
  await using audit = auditLogOf(config, { log, clock: Date.now });
  await work(async () => {
    const now = Date.now();
    await audited(audit.at('cli'), { action: 'clock confirm', by: 'cli' }, () => confirmClock(config, now));
    return now;
  }, terminalFor(json));
};

// Its help is there, too, where the configuration cannot be read.
const name = process.env['CLI_COMMAND'] ?? variables.CLI_COMMAND.default;
const program = createProgram(name, {
  withShell,
  withBackups,
  withDoctor,
  withSettings,
  withRecovery,
  withAlerts,
  withClock,
});

/** Known before the command is: a mistake of the configuration, or of the usage, comes first. */
const wantsJson = process.argv
  .slice(2, process.argv.includes('--') ? process.argv.indexOf('--') : undefined)
  .includes('--json');

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  const words = wantsJson ? failureAsJson(error) : explain(error);
  if (words !== null) process.stderr.write(`${words}\n`);
}
