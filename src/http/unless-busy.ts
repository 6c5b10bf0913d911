import { isAppError, type AppError } from '../errors.ts';

/** What can be told although a backup is being restored is told. */
export async function unlessBusy<Result>(read: () => Result | Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error, 'busy')) return otherwise;
    throw error;
  }
}

/** Of a folder that is gone or a database that is damaged, say: what cannot be told is left out, and the rest is told. */
export async function unlessTroubled<Result>(
  read: () => Result | Promise<Result>,
  otherwise: (trouble: AppError) => Result,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isAppError(error) || UNKNOWN.has(error.code)) throw error;
    return otherwise(error);
  }
}

/** A bot that is starting says so, and a defect is one. */
const UNKNOWN: ReadonlySet<string> = new Set(['busy', 'aborted', 'internal']);
