import assert from 'node:assert/strict';
import type { Container } from './container.ts';
import { seconds } from './report.ts';

const STOP_WITHIN_MS = 10_000;

/** Stops it as hosts do; it must end well, and in time. */
export async function stop(container: Container): Promise<string> {
  const { code, tookMs } = await container.stop();
  assert.equal(code, 0, container.log());
  assert.ok(tookMs < STOP_WITHIN_MS, `${tookMs} ms`);
  return `SIGTERM: code 0 in ${seconds(tookMs)}`;
}
