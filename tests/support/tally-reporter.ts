import process from 'node:process';
import type { TestEvent } from 'node:test/reporters';

/**
 * Ends with `N passed, N failed, N skipped` and names what was skipped. With SKIPS_FAIL set, a skipped test counts as
 * failed, and fails the run: a skip that nobody sees is a hole.
 */
export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const skipsFail = process.env['SKIPS_FAIL'] === '1';
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file, skip, todo, details } = event.data;
    if (details.type === 'suite') continue;
    const omitted = skip ?? todo;
    if (omitted === undefined) {
      counts[event.type === 'test:pass' ? 'passed' : 'failed'] += 1;
      continue;
    }
    counts[skipsFail ? 'failed' : 'skipped'] += 1;
    yield `skipped: ${name} (${file ?? ''}): ${String(omitted)}\n`;
    if (skipsFail) process.exitCode = 1;
  }
  const { passed, failed, skipped } = counts;
  yield `${passed} passed, ${failed} failed${skipsFail ? '' : `, ${skipped} skipped`}\n`;
}
