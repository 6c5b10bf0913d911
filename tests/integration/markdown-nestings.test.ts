import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressesIn, isAllowed } from '../../src/knowledge/markdown/addresses.ts';
import { sanitizeMarkdown } from '../../src/knowledge/markdown/sanitize.ts';
import { hostileText } from '../support/markdown-nestings.ts';
import { readByPackage, readByPlayground } from '../support/markdown-readers.ts';
import { seeded } from '../support/seeded.ts';

const NESTINGS = 100_000;
const allowed = addressesIn(['[one](https://good.example/page) and https://good.example/a_b']);

/** What of a message of ours does what only we may do, as either client reads it. */
function leaks(message: string): string[] {
  const found: string[] = [];
  for (const { addresses, mentions, print } of [readByPackage(message), readByPlayground(message)]) {
    found.push(...mentions, ...print);
    found.push(...addresses.filter((one) => /^[a-z][a-z0-9+.-]*:/i.test(one) && !isAllowed(one, allowed)));
  }
  return found;
}

test(`nothing gets out of ${NESTINGS} nestings of marks and code, nor of their beginnings`, () => {
  const random = seeded(20261130);
  const wrong: string[] = [];
  for (let round = 0; round < NESTINGS && wrong.length < 5; round += 1) {
    const text = hostileText(random);
    const beginning = text.slice(0, Math.floor(random() * text.length));
    for (const given of round % 4 === 0 ? [text, beginning] : [text]) {
      const shown = sanitizeMarkdown(given, allowed);
      const found = leaks(shown);
      if (found.length > 0) wrong.push(JSON.stringify({ given, shown, found }));
    }
  }
  assert.deepEqual(wrong, []);
});
