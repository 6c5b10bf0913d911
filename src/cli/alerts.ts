import { Command } from 'commander';
import type { SinkTest } from '../health/alert-ports.ts';
import { EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Tries every way by which alerts go out. */
export type TestAlerts = () => Promise<readonly SinkTest[]>;

/** Gives the work what it needs, and makes its result the exit code. */
export type WithAlerts = (
  options: { readonly json?: boolean },
  work: (test: TestAlerts, terminal: Terminal) => Promise<number>,
) => Promise<void>;

export function alertsCommand(withAlerts: WithAlerts): Command {
  const group = new Command('alerts').description('Who is told when something goes wrong.');
  group
    .command('test')
    .description('Send a test by every way by which alerts go out, while the bot runs or not.')
    .option('--json', 'the result as JSON on standard output')
    .exitOverride()
    .showHelpAfterError()
    .action((options: { json?: boolean }) => withAlerts(options, tryAll));
  return group.exitOverride().showHelpAfterError();
}

async function tryAll(test: TestAlerts, terminal: Terminal): Promise<number> {
  const results = await test();
  const failed = results.filter(({ problem }) => problem !== null).length;
  const lines = results.map(({ label, problem, durationMs }) =>
    problem === null ? `ok    ${label} (${(durationMs / 1000).toFixed(1)} s)` : `fail  ${label}: ${problem}`,
  );
  terminal.result([...lines, summary(results.length, failed)].join('\n'), { failed, results });
  return failed > 0 || results.length === 0 ? EXIT.failed : EXIT.done;
}

function summary(all: number, failed: number): string {
  if (all === 0)
    return 'Nobody would be told: set ALERT_CHANNEL_ID, ALERT_WEBHOOK_URL, or ALERT_EMAIL_TO with SMTP_URL.';
  return failed === 0 ? 'The test was taken everywhere; see that it arrived, too.' : `${failed} of ${all} failed.`;
}
