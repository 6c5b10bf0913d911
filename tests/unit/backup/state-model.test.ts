import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf, coverageOf, lossMs } from '../../../src/backup/coverage-model.ts';
import {
  begun,
  compareStates,
  newestState,
  parseIdentity,
  leftBy,
  placeOf,
  standingOf,
  type StateIdentity,
  type Timeline,
} from '../../../src/backup/state-model.ts';

const NOW = Date.UTC(2026, 10, 21);

const first = begun([], { id: 'timeline-1', cause: 'start', after: 0, now: NOW, branchedAt: null });
/** At position 100 somebody went back to 50. */
const second = begun(first, {
  id: 'timeline-2',
  cause: 'restore',
  after: 1,
  now: NOW,
  branchedAt: { knowledge: 50, talk: 500 },
});
const state = (lineage: readonly Timeline[], knowledge: number, talk = 10 * knowledge): StateIdentity => ({
  installationId: 'installation-a',
  application: '123456789012345678',
  lineage,
  position: { knowledge, talk },
});

test('of two states the one on the later timeline is the newer, however far the other had come', () => {
  assert.ok(compareStates(state(second, 50), state(first, 100)) > 0);
  assert.ok(compareStates(state(first, 51), state(first, 50)) > 0);
  assert.ok(compareStates(state(first, 50, 501), state(first, 50, 500)) > 0);
  assert.equal(newestState([null, state(first, 100), state(second, 50), state(first, 7)])?.lineage, second);
  assert.equal(newestState([null]), null);
});

test('a timeline has a greater number than all that are known, and knows where it left its parent', () => {
  assert.deepEqual(
    second.map(({ id, number, branchedAt }) => [id, number, branchedAt]),
    [
      ['timeline-2', 2, { knowledge: 50, talk: 500 }],
      ['timeline-1', 1, null],
    ],
  );
  const [lost] = begun(first, { id: 'timeline-9', cause: 'restore', after: 7, now: NOW, branchedAt: null });
  assert.equal(lost?.number, 8, 'a timeline that is lost but was heard of is not taken for this one');
  let many: Timeline[] = [];
  for (let at = 0; at < 250; at += 1)
    many = begun(many, { id: `timeline-${at}`, cause: 'restore', after: 0, now: NOW, branchedAt: null });
  assert.deepEqual([many.length, many[0]?.number], [100, 250]);
});

test('what led to the present state is told from what was left, from what others made, and from what nobody knows', () => {
  const own = state(second, 60);
  assert.equal(standingOf(state(second, 55), own), 'current');
  assert.equal(standingOf(state(first, 50), own), 'current', 'it was restored');
  assert.equal(standingOf(state(first, 30), own), 'current');
  assert.equal(standingOf(state(first, 51), own), 'branch', 'undone by the restore');
  assert.equal(standingOf(state(first, 50, 501), own), 'branch', 'asked after what was restored');
  assert.equal(standingOf(state(second, 61), own), 'branch', 'further than what is there: the database has gone back');
  assert.equal(standingOf({ ...state(second, 55), installationId: 'installation-b' }, own), 'foreign');
  assert.equal(standingOf(null, own), 'unknown');
  assert.equal(standingOf(state(first, 1), null), 'unknown');
});

test('what left a state is told from the history that both have in common', () => {
  const own = state(second, 60);
  assert.equal(leftBy(state(first, 51), own), 'restore');
  assert.equal(leftBy(state(second, 61), own), 'rollback', 'an older file lies there');
  const line = (cause: Timeline['cause'], parent: readonly Timeline[]) =>
    begun(parent, { id: `timeline-${cause}`, cause, after: 5, now: NOW, branchedAt: { knowledge: 40, talk: 400 } });
  assert.equal(leftBy(own, state(line('rollback', second), 45)), 'rollback');
  assert.equal(leftBy(own, state(line('import', []), 3)), 'import', 'which has no history before it');
  assert.equal(leftBy(own, state(line('rollback', line('import', [])), 3)), 'import');
  assert.deepEqual(placeOf(state(first, 30), own), { standing: 'current' });
  assert.deepEqual(placeOf(state(first, 51), own), { standing: 'branch', leftBy: 'restore' });
});

test('a state is covered by a copy of its own timeline that has come as far in knowledge', () => {
  const moved = new Map([
    [50, 1_000],
    [59, 9_000],
  ]);
  const own = { state: () => state(second, 60), movedSince: (knowledge: number) => moved.get(knowledge) ?? null };
  assert.deepEqual(coverageOf([state(second, 60, 590)], own), { behindSince: null, talkBehind: 10 });
  assert.deepEqual(coverageOf([state(second, 50), state(second, 59)], own), { behindSince: 9_000, talkBehind: 10 });
  for (const others of [
    [state(first, 100)],
    [{ ...state(second, 60), installationId: 'installation-b' }],
    [null],
    [],
  ]) {
    assert.deepEqual(coverageOf(others, own), { behindSince: NOW, talkBehind: null }, 'since the timeline began');
  }
  assert.deepEqual(coverageOf([], { ...own, state: () => null }), { behindSince: null, talkBehind: null });
});

test('what is no identity is none', () => {
  const identity = state(second, 60);
  assert.deepEqual(parseIdentity(JSON.parse(JSON.stringify(identity))), identity);
  for (const change of [
    { installationId: '../../x' },
    { lineage: [] },
    { lineage: [{ ...first[0], cause: 'magic' }] },
    { lineage: [{ ...first[0], number: -1 }] },
    { position: { knowledge: 1.5, talk: 0 } },
    { position: null },
  ])
    assert.equal(parseIdentity({ ...identity, ...change }), null, JSON.stringify(change));
  for (const value of [null, undefined, 'text', []]) assert.equal(parseIdentity(value), null);
});

test('an age that cannot be is none', () => {
  assert.equal(ageOf(NOW - 90_000, NOW), 90_000);
  assert.equal(ageOf(NOW + 30_000, NOW), 0, 'clocks differ by seconds');
  assert.equal(ageOf(NOW + 400 * 86_400_000, NOW), null);
  assert.equal(ageOf(0, NOW), null);
  assert.equal(lossMs({ behindSince: null }, NOW), 0);
  assert.equal(lossMs({ behindSince: NOW - 90_000 }, NOW), 90_000);
  assert.equal(lossMs({ behindSince: NOW + 400 * 86_400_000 }, NOW), null);
});
