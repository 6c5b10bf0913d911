import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { writeDurably } from '../../backup/durable.ts';
import type { RecoveryFacts } from '../../backup/recovery/model.ts';
import { recoverySheet } from '../../backup/recovery/sheet.ts';
import { AppError, isAppError, type Locale } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';

export interface KitOptions {
  readonly json?: boolean;
  readonly showSecrets?: boolean;
}

/** Reads the configuration and nothing else, so that it works while the bot runs, and where there is no volume. */
export type WithRecovery = (
  options: KitOptions,
  work: (facts: RecoveryFacts, terminal: Terminal) => Promise<void>,
) => Promise<void>;

/** `cli backup recovery-kit`: what somebody needs who has lost the machine. */
export function recoveryKitCommand(withRecovery: WithRecovery): Command {
  return new Command('recovery-kit')
    .description('A sheet to keep elsewhere: where the copies are, and how to restore one, even without NescordBot.')
    .addOption(new Option('--language <language>', 'of the sheet').choices(['en', 'ja']).default('en'))
    .option('--out <file>', 'where to, readable by you alone; standard output otherwise')
    .option('--show-secrets', 'with what decrypts the copies: the passphrase, or the secret keys that this machine has')
    .option('--json', 'the facts as JSON on standard output')
    .exitOverride()
    .showHelpAfterError()
    .action((options: KitOptions & { language: Locale; out?: string }) =>
      withRecovery(options, (facts, terminal) => print(facts, terminal, options)),
    );
}

async function print(
  facts: RecoveryFacts,
  terminal: Terminal,
  { language, out }: { readonly language: Locale; readonly out?: string },
): Promise<void> {
  const sheet = recoverySheet(facts, language);
  if (out === undefined) return terminal.result(sheet.trimEnd(), facts);
  const file = resolve(out);
  try {
    await writeDurably(file, sheet);
  } catch (cause) {
    if (isAppError(cause) || !(cause instanceof Error)) throw cause;
    throw new AppError('invalid', `${file} cannot be written: ${cause.message}`, { cause });
  }
  terminal.result(`The recovery sheet is in ${file}. Print it, or keep it where this machine is not needed.`, {
    file,
    language,
    hasSecrets: facts.encryption !== null && facts.encryption.secrets !== null,
  });
}
