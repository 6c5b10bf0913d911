import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextPacificMidnight, readQuota } from '../../src/adapters/gemini/quota.ts';

const next = (iso: string): string => new Date(nextPacificMidnight(Date.parse(iso))).toISOString();

test('the next midnight in California is found in winter, in summer and where the clocks change', () => {
  assert.equal(next('2026-11-21T09:00:00Z'), '2026-11-22T08:00:00.000Z');
  assert.equal(next('2026-07-01T06:59:59.999Z'), '2026-07-01T07:00:00.000Z');
  assert.equal(next('2026-07-01T07:00:00Z'), '2026-07-02T07:00:00.000Z');
  assert.equal(next('2026-03-08T08:30:00Z'), '2026-03-09T07:00:00.000Z', 'the day of 23 hours');
  assert.equal(next('2026-11-01T07:30:00Z'), '2026-11-02T08:00:00.000Z', 'the day of 25 hours');
  assert.equal(next('2026-12-31T23:00:00Z'), '2027-01-01T08:00:00.000Z');
});

test('the day’s quota decides over the minute’s, and odd details are no quota', () => {
  const violations = (...ids: string[]) => ({ violations: ids.map((quotaId) => ({ quotaId })) });
  assert.deepEqual(readQuota([violations('TokensPerMinute', 'RequestsPerDay-FreeTier'), { retryDelay: '36s' }]), {
    perDay: true,
    retryAfterMs: 36_000,
  });
  assert.deepEqual(readQuota([violations('RequestsPerMinute'), { retryDelay: '0.2504s' }]), {
    perDay: false,
    retryAfterMs: 251,
  });
  for (const odd of [undefined, null, 'x', [null, 3, { violations: 'x' }, { retryDelay: 'soon' }]]) {
    assert.deepEqual(readQuota(odd), { perDay: false, retryAfterMs: null });
  }
});
