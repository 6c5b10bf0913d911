import { CommanderError } from 'commander';
import { isAppError, type ErrorCode } from '../errors.ts';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  damaged: 3,
  busy: 4,
  missing: 5,
  config: 78,
  interrupted: 130,
} as const;

const BY_ERROR: Partial<Record<ErrorCode, number>> = {
  config: EXIT.config,
  damaged: EXIT.damaged,
  busy: EXIT.busy,
  not_found: EXIT.missing,
};

/** What closing ran into afterwards comes second to what went wrong first. */
function first(error: unknown): unknown {
  return error instanceof SuppressedError ? first(error.suppressed) : error;
}

export function exitCodeOf(thrown: unknown): number {
  const error = first(thrown);
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (isInterruption(error)) return EXIT.interrupted;
  return isAppError(error) ? (BY_ERROR[error.code] ?? EXIT.failed) : EXIT.failed;
}

/** The same for a program, as the last line of standard error; null where nothing failed. */
export function failureAsJson(thrown: unknown): string | null {
  const error = first(thrown);
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.done) return null;
  const message = explain(error) ?? (error instanceof Error ? error.message : String(error));
  const code = isAppError(error) ? error.code : error instanceof CommanderError ? 'usage' : 'internal';
  return JSON.stringify({ error: { code: exitCode === EXIT.interrupted ? 'aborted' : code, exitCode, message } });
}

/** The last line of a command that failed; what commander refuses it has said itself. */
export function explain(thrown: unknown): string | null {
  const error = first(thrown);
  if (error instanceof CommanderError) return null;
  if (isInterruption(error)) return 'Interrupted. What was stored is kept, and the bot goes on with it.';
  if (isAppError(error)) return error.message;
  if (isUnread(error)) return 'The output is not read any more, so not all of it was written.';
  return `This is a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Nobody reads any more what is written to standard output. */
export function isUnread(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function isInterruption(error: unknown): boolean {
  return isAppError(error, 'aborted') || (error instanceof Error && error.name === 'AbortError');
}
