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

/** Ports that people, programs and backups meet; what stands for one of them is a real part, or has a contract suite. */
const PORTS = 'Answers|AuditTrail|BackupManager|Embedder|Generator|Insights|Library|OffSite|Outbox|People|VectorIndex';
const INLINE = new RegExp(
  String.raw`\bas (?:Partial<(?:${PORTS})>|unknown|never) as (?:${PORTS})\b|\{\} as (?:${PORTS})\b`,
);

/** Units that call a method or two of a port, which no behaviour of the port is expected of. */
const UNITS: readonly string[] = ['unit/discord/progress.test.ts', 'unit/door.test.ts', 'unit/job-board.test.ts'];

test('nobody writes a fake of a port where it is used: no suite would see it', async () => {
  const files = (await readdir(TESTS, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const inline: string[] = [];
  for (const file of files) if (INLINE.test(await readFile(new URL(file, TESTS), 'utf8'))) inline.push(file);
  assert.deepEqual(inline.sort(), UNITS);
});
