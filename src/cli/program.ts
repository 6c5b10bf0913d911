import { dirname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumberIn } from '../whole-number.ts';
import { alertsCommand, type WithAlerts } from './alerts.ts';
import { audited } from '../health/audit-model.ts';
import { ask } from './ask.ts';
import { backupCommand, type WithBackups } from './backup/program.ts';
import type { WithRecovery } from './backup/recovery-kit.ts';
import { clockCommand, type WithClock } from './clock.ts';
import { configCommand, type WithSettings } from './config.ts';
import { doctorCommand, type WithDoctor } from './doctor.ts';
import { ingest } from './ingest.ts';
import { search } from './search.ts';
import type { Shell } from './shell.ts';

export interface CommonOptions {
  readonly guild?: string;
  readonly json?: boolean;
}

/** Opens what the commands work with, does the work and closes it. */
export type WithShell = (options: CommonOptions, work: (shell: Shell) => Promise<void>) => Promise<void>;

const MOST_RESULTS = 50;

/** What each group of commands works with is opened by one of these. */
export interface ProgramParts {
  readonly withShell: WithShell;
  readonly withBackups: WithBackups;
  readonly withDoctor: WithDoctor;
  readonly withSettings: WithSettings;
  readonly withRecovery: WithRecovery;
  readonly withAlerts: WithAlerts;
  readonly withClock: WithClock;
}

/** `name` is what the commands begin with where this runs. */
export function createProgram(name: string, parts: ProgramParts): Command {
  const { withShell, withBackups, withDoctor, withSettings, withRecovery, withAlerts, withClock } = parts;
  const program = new Command(name)
    .description("NescordBot's jobs from a shell.")
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 damaged, 4 busy, 5 not there, 78 wrong configuration, 130 interrupted.',
    )
    .showHelpAfterError()
    .exitOverride();

  common(program.command('ingest'))
    .description(
      'Teach a file, or all .md, .markdown and .txt files below a folder; changed files replace what they were.',
    )
    .argument('<path>', 'a folder or a file')
    .option('--base-url <url>', "what each file's path is put behind to link to it", webAddress)
    .action((path: string, options: CommonOptions & { baseUrl?: string }) =>
      withShell(options, (shell) =>
        audited(
          shell.audit,
          { action: 'knowledge ingest', by: 'cli', guild: shell.guildId, detail: folderOf(path) },
          () => ingest(shell, path, options.baseUrl ?? null),
        ),
      ),
    );
  common(program.command('search'))
    .description('Show the passages that fit best, with their scores.')
    .argument('<words...>')
    .option('--limit <n>', 'how many', count, 5)
    .action((words: string[], options: CommonOptions & { limit: number }) =>
      withShell(options, (shell) => search(shell, words.join(' '), options.limit)),
    );
  common(program.command('ask'))
    .description('Answer a question with sources, as the bot would.')
    .argument('<question...>')
    .action((words: string[], options: CommonOptions) => withShell(options, (shell) => ask(shell, words.join(' '))));
  program.addCommand(backupCommand(withBackups, withRecovery));
  program.addCommand(alertsCommand(withAlerts));
  program.addCommand(clockCommand(withClock));
  program.addCommand(configCommand(withSettings));
  program.addCommand(doctorCommand(withDoctor));
  return program;
}

function common(command: Command): Command {
  return command
    .addOption(
      new Option('--guild <id>', "the server's id; by default the home server, or the only one with documents"),
    )
    .option('--json', 'the result as JSON on standard output')
    .exitOverride()
    .showHelpAfterError();
}

function webAddress(text: string): string {
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) {
    throw new InvalidArgumentError('It must be a web address such as https://example.org/docs/.');
  }
  return text;
}

function count(text: string): number {
  const number = wholeNumberIn(text, 1, MOST_RESULTS);
  if (number === null) throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_RESULTS}.`);
  return number;
}

/** A file's name is a document's, and is not to outlive it in the audit log. */
const folderOf = (path: string): string => (/\.(?:md|markdown|txt)$/i.test(path) ? dirname(path) : path);
