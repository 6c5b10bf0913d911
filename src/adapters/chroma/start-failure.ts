import { AppError } from '../../errors.ts';
import type { Exit } from './child.ts';

export class StartFailure extends AppError {
  readonly exit: Exit | null;
  constructor(message: string, exit: Exit | null) {
    super('unavailable', message);
    this.exit = exit;
  }
}

export function notStarted(directory: string, exit: Exit | null, timeoutMs: number): StartFailure {
  const why = exit === null ? `it did not answer within ${timeoutMs / 1000} s` : `${ending(exit)}\n${exit.output}`;
  const remedy = 'Should this machine be unable to run it, set CHROMA_URL to a Chroma server elsewhere.';
  return new StartFailure(`Chroma does not start on ${directory}. ${remedy} Reason: ${why}`, exit);
}

export const ending = ({ code, signal }: Exit) => (signal === null ? `exit code ${code}` : `signal ${signal}`);

/** Did it fail over its data? A full disk or a missing permission is not cured by setting the data aside. */
export function isDamage({ signal, output }: Exit): boolean {
  const crashed = signal === 'SIGABRT' || signal === 'SIGSEGV' || signal === 'SIGBUS';
  return (
    (crashed || /sqlite|malformed|corrupt/i.test(output)) &&
    !/disk is full|No space|readonly|permission denied|GLIBC_/i.test(output)
  );
}
