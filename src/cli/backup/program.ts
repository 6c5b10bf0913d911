import { Command, Option } from 'commander';
import { cleanup, create, pin, remove, restore, verify } from './jobs.ts';
import { list, show, sync } from './off-site.ts';
import { audited } from '../../health/audit-model.ts';
import { exportAll, importAll } from './portable.ts';
import { recoveryKitCommand, type WithRecovery } from './recovery-kit.ts';
import type { BackupShell } from './shell.ts';

interface Options {
  /** Opens the content first: what a restore replaces is saved before. */
  readonly restores?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** Opens what the commands work with, does the work and closes it. */
export type WithBackups = (options: Options, work: (shell: BackupShell) => Promise<void>) => Promise<void>;

const CODES =
  '\nExit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 a backup or file is damaged, 4 something else is ' +
  'under way,\n5 there is no such backup or file, 78 wrong configuration, 130 interrupted.\nWith --json, what failed is ' +
  '{"error":{"code","exitCode","message"}} in the last line of standard error.';

/** `cli backup …`: everything that can be done with backups, while the bot runs or not. */
export function backupCommand(withBackups: WithBackups, withRecovery: WithRecovery): Command {
  const group = new Command('backup')
    .description('Back up, look after backups, and go back.')
    .addHelpText('after', CODES);
  const command = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .option('--json', 'the result as JSON on standard output')
      .exitOverride()
      .showHelpAfterError();
  const named = (name: string, description: string): Command =>
    command(name, description).argument('<name>', 'a backup, as the list names it');

  command('create', 'Back up everything; beside a running bot without the index, which a restore makes again.')
    .option('--reason <text>', 'why, to recognise it by')
    .option('--pin', 'and keep it whatever retention says')
    .action((options: Options & { reason?: string; pin?: boolean }) =>
      withBackups(options, (shell) => create(shell, options.reason ?? null, options.pin ?? false)),
    );
  command('list', 'All backups by date, the latest first.').action((options: Options) => withBackups(options, list));
  named('show', 'One backup and what is in it.').action((name: string, options: Options) =>
    withBackups(options, (shell) => show(shell, name)),
  );
  named('verify', 'Read every byte of it back.')
    .option('--drill', 'restore it into a scratch folder, too, and ask it a question')
    .action((name: string, options: Options & { drill?: boolean }) =>
      withBackups(options, (shell) => verify(shell, name, options.drill ?? false)),
    );
  named('restore', 'Go back to it; shows first what would change.')
    .option('--yes', 'do not ask')
    .action((name: string, options: Options) =>
      withBackups({ ...options, restores: true }, (shell) => restore(shell, name, options.yes ?? false)),
    );
  named('delete', 'Delete it for good.')
    .option('--yes', 'do not ask')
    .action((name: string, options: Options) =>
      withBackups(options, (shell) => remove(shell, name, options.yes ?? false)),
    );
  named('pin', 'Keep it whatever retention says.').action((name: string, options: Options) =>
    withBackups(options, (shell) => pin(shell, name, true)),
  );
  named('unpin', 'Leave it to retention again.').action((name: string, options: Options) =>
    withBackups(options, (shell) => pin(shell, name, false)),
  );
  command('cleanup', 'Remove what retention does not keep.')
    .option('--dry-run', 'only say what would be removed, and why')
    .action((options: Options & { dryRun?: boolean }) =>
      withBackups(options, (shell) => cleanup(shell, options.dryRun ?? false)),
    );
  command('sync', 'Send the copies off this machine that are not there yet, now.').action((options: Options) =>
    withBackups(options, sync),
  );
  command('export', 'Write every table as JSON, or the history of questions as CSV.')
    .addOption(new Option('--format <format>').choices(['json', 'csv']).default('json'))
    .option('--vectors', 'with the vectors, so that nothing is embedded again')
    .option('--out <file>', 'where to; standard output otherwise')
    .action((options: Options & { format: 'json' | 'csv'; vectors?: boolean; out?: string }) =>
      withBackups(options, (shell) =>
        audited(shell.audit, { action: 'backup export', by: 'cli' }, () =>
          exportAll(shell, { format: options.format, vectors: options.vectors ?? false, out: options.out ?? null }),
        ),
      ),
    );
  command('import', 'Read a JSON export back, while the bot is stopped.')
    .argument('<file>')
    .option('--replace', 'in place of what is there, which is backed up first')
    .option('--yes', 'do not ask')
    .action((file: string, options: Options & { replace?: boolean }) =>
      withBackups(options, (shell) =>
        audited(shell.audit, { action: 'backup import', by: 'cli' }, () =>
          importAll(shell, file, { replace: options.replace ?? false, yes: options.yes ?? false }),
        ),
      ),
    );
  group.addCommand(recoveryKitCommand(withRecovery));
  return group.exitOverride().showHelpAfterError();
}
