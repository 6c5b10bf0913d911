import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickets } from '../../src/http/tickets.ts';

test('a ticket lets in once, for a minute, and only while it is among the last that were given out', () => {
  let now = 0;
  let issued = 0;
  const caller = { name: 'playground', scope: 'operate' } as const;
  const tickets = createTickets({ clock: () => now, randomId: () => `ticket-${(issued += 1)}`, caller });
  const first = tickets.issue();
  assert.deepEqual([tickets.redeem(first), tickets.redeem(first)], [caller, null]);
  assert.equal(tickets.redeem('made up'), null);

  const late = tickets.issue();
  now = 60_001;
  assert.equal(tickets.redeem(late), null);

  const old = tickets.issue();
  const newer = Array.from({ length: 20 }, () => tickets.issue());
  assert.equal(tickets.redeem(old), null);
  assert.deepEqual(tickets.redeem(newer.at(-1) ?? ''), caller);
});
