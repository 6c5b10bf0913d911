import { Command } from 'commander';
import { styleText } from 'node:util';
import { counted } from '../counted.ts';
import type { Finding, Verdict } from '../health/doctor/finding.ts';
import { EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Looks at everything and returns what was found, as it is found. */
export type Examine = () => AsyncIterable<Finding>;

/** Gives the work what it needs, and makes its result the exit code. */
export type WithDoctor = (
  options: { readonly json?: boolean },
  work: (examine: Examine, terminal: Terminal) => Promise<number>,
) => Promise<void>;

export function doctorCommand(withDoctor: WithDoctor): Command {
  return new Command('doctor')
    .description('Check everything that the bot needs, and say what to do about what is wrong.')
    .option('--json', 'the result as JSON on standard output')
    .addHelpText(
      'after',
      '\nExit code: 0 when nothing failed, 1 otherwise. Warnings do not count. The last line says how many failed.',
    )
    .exitOverride()
    .showHelpAfterError()
    .action((options: { json?: boolean }) => withDoctor(options, diagnose));
}

export async function diagnose(examine: Examine, terminal: Terminal): Promise<number> {
  const findings: Finding[] = [];
  for await (const finding of examine()) {
    findings.push(finding);
    if (!terminal.json) terminal.result(lineOf(finding), finding);
  }
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  const [failures, warnings] = [count('fail'), count('warn')];
  terminal.result(summary(failures, warnings), { failures, warnings, findings });
  return failures > 0 ? EXIT.failed : EXIT.done;
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' } as const;

/** Without colours where there is no terminal, or NO_COLOR asks for none: `styleText` looks. */
function lineOf({ check, verdict, detail, remedy }: Finding): string {
  const mark = styleText(COLOURS[verdict], verdict.padEnd(4), { stream: process.stdout });
  const more = remedy === null ? '' : `\n      → ${remedy}`;
  return `${mark}  ${check}: ${detail.replaceAll('\n', '\n      ')}${more}`;
}

function summary(failures: number, warnings: number): string {
  const worth = counted(warnings, 'warning');
  if (failures === 0) return warnings === 0 ? 'All is well.' : `Nothing failed; ${worth}.`;
  return `${counted(failures, 'check')} failed; ${worth}.`;
}
