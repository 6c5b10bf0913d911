import { fileURLToPath } from 'node:url';

/**
 * The real programs, for starting them in a folder of the test's own: a `.env` or a `data` folder in the checkout is
 * somebody's, and no test may read it or write to it.
 */
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
export const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
