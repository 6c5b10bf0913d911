import assert from 'node:assert/strict';
import { parseConfig } from '../../src/config.ts';
import { isAppError } from '../../src/errors.ts';

/** What is said of an environment that cannot be; it fails where nothing is. */
export function problemsOf(environment: Readonly<Record<string, string>>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    assert.ok(isAppError(error, 'config'));
    return error.message;
  }
  return assert.fail('no problem was found');
}
