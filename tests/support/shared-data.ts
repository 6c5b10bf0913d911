import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.NESCORDBOT_TEST_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** A file or folder of the optional evaluation data; null, to skip with a reason, where it is absent. */
export function sharedData(...path: readonly string[]): string | null {
  const found = join(folder, ...path);
  return existsSync(found) ? found : null;
}
