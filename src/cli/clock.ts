import { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Says that this machine's clock is right; the time of which that was said. */
export type ConfirmClock = () => Promise<number>;

/** Gives the work what it needs. */
export type WithClock = (
  options: { readonly json?: boolean },
  work: (confirm: ConfirmClock, terminal: Terminal) => Promise<void>,
) => Promise<void>;

export function clockCommand(withClock: WithClock): Command {
  const group = new Command('clock').description("This machine's clock.");
  group
    .command('confirm')
    .description('Say that it is right, where the bot is not certain and waits with deleting what is old.')
    .option('--json', 'the result as JSON on standard output')
    .exitOverride()
    .showHelpAfterError()
    .action((options: { json?: boolean }) => withClock(options, confirmIt));
  return group.exitOverride().showHelpAfterError();
}

async function confirmIt(confirm: ConfirmClock, terminal: Terminal): Promise<void> {
  const now = new Date(await confirm()).toISOString();
  const at = now.slice(0, 16).replace('T', ' ');
  terminal.result(`The clock counts as right: it is ${at} UTC. A running bot notices within a minute.`, { now });
}
