import assert from 'node:assert/strict';
import { parseConfig } from '../../src/config.ts';
import type { Environment } from '../../src/config/environment.ts';
import { isAppError } from '../../src/errors.ts';

/** What is said of an environment that cannot be; it fails where nothing is. */
export function problemsOf(environment: Environment): string {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(isAppError(error, 'config'));
    return error.message;
  }
  return assert.fail('no problem was found');
}
