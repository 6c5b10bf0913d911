import { isAppError } from '../errors.ts';

/** What can be told although a backup is being restored is told. */
export async function unlessBusy<Result>(read: () => Result | Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error, 'busy')) return otherwise;
    throw error;
  }
}
