import type { TestEvent } from 'node:test/reporters';

/** Ends with `N passed, N failed`; skipped and unfinished tests count as failed and are named. */
export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file, skip, todo, details } = event.data;
    if (details.type === 'suite') continue;
    const skipped = skip !== undefined || todo !== undefined;
    if (event.type === 'test:pass' && !skipped) {
      passed += 1;
      continue;
    }
    failed += 1;
    yield `${skipped ? 'skipped' : 'failed'}: ${name} (${file ?? ''})${skipped ? `: ${String(skip ?? todo)}` : ''}\n`;
  }
  yield `${passed} passed, ${failed} failed\n`;
}
