import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const TESTS = new URL('../', import.meta.url);

/** What stands in tests for a part of the program. */
const FAKE = /^(?:fake|memory)-.*\.ts$/;

test('every fake passes a contract suite that runs a part of the program, too', async () => {
  const suites = (await readdir(new URL('contracts/', TESTS))).filter((file) => file.endsWith('.test.ts'));
  const texts = await Promise.all(suites.map((file) => readFile(new URL(`contracts/${file}`, TESTS), 'utf8')));
  const files = await readdir(new URL('support/', TESTS));
  const fakes = files.filter((file) => FAKE.test(file));
  assert.ok(fakes.length > 0);
  for (const fake of fakes) {
    const suite = texts.find((text) => text.includes(`/support/${fake}'`));
    assert.ok(suite !== undefined, `no suite in tests/contracts runs ${fake}`);
  }
});
