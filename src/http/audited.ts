import { isAppError, type ErrorCode } from '../errors.ts';
import type { ApiAudit } from './api-parts.ts';

type Attempt = Omit<Parameters<ApiAudit>[0], 'outcome' | 'detail'>;

const REFUSALS = new Set<ErrorCode>(['busy', 'conflict', 'forbidden', 'invalid', 'not_found', 'limit']);

/** One line for what was tried and what came of it, failures included. */
export async function audited<Result>(
  audit: ApiAudit,
  attempt: Attempt,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    audit({ ...attempt, outcome: 'done' });
    return result;
  } catch (error) {
    const refused = isAppError(error) && REFUSALS.has(error.code);
    const detail = error instanceof Error ? error.message : String(error);
    audit({ ...attempt, outcome: refused ? 'refused' : 'failed', detail });
    throw error;
  }
}
