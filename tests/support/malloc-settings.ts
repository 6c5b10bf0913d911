import { readFileSync } from 'node:fs';

const script = readFileSync(new URL('../../src/node.sh', import.meta.url), 'utf8');

/** What `npm start` tells glibc of memory. */
export const mallocSettings = (): Record<string, string> =>
  Object.fromEntries(
    [...script.matchAll(/\b(MALLOC_\w+)="\$\{\1:-(\d+)\}"/g)].map(([, name = '', value = '']) => [name, value]),
  );
