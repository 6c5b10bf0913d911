import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseBackups, WITHOUT_IDENTITY, type Candidate, type ChoiceContext } from '../../../src/backup/choice.ts';
import { begun, type StateIdentity, type Timeline } from '../../../src/backup/state-model.ts';

const NOW = Date.UTC(2026, 10, 21);
const APPLICATION = '123456789012345678';
const first = begun([], { id: 'timeline-1', cause: 'start', after: 0, now: NOW, branchedAt: null });
const second = begun(first, {
  id: 'timeline-2',
  cause: 'restore',
  after: 1,
  now: NOW,
  branchedAt: { knowledge: 50, talk: 0 },
});
const context: ChoiceContext = { application: APPLICATION, wanted: null, remembered: null };

function candidate(
  name: string,
  lineage: readonly Timeline[] | null,
  knowledge = 0,
  more: Partial<StateIdentity> = {},
) {
  const identity =
    lineage === null
      ? null
      : { installationId: 'aaaaaaaa-1', application: APPLICATION, lineage, position: { knowledge, talk: 0 }, ...more };
  return { name, kind: 'scheduled', identity, documents: 3 } satisfies Candidate;
}
const inOrder = (candidates: readonly Candidate[], more: Partial<ChoiceContext> = {}) => {
  const choice = chooseBackups(candidates, { ...context, ...more });
  return choice.kind === 'chosen' ? choice.inOrder.map(({ name }) => name) : choice.kind;
};

test('the newest state comes first, whatever the dates say, and what a restore left is not chosen', () => {
  const all = [
    candidate('dated-2028', first, 20),
    candidate('restored', first, 50),
    candidate('undone', first, 90),
    candidate('after', second, 51),
    { ...candidate('safety', first, 100), kind: 'safety' as const },
  ];
  assert.deepEqual(inOrder(all), ['after', 'restored', 'dated-2028']);
  assert.equal(inOrder([]), 'none');
});

test('a restore that no backup has followed yet is remembered by the folder of backups', () => {
  const all = [
    candidate('before', first, 40),
    candidate('undone', first, 90),
    { ...candidate('safety', first, 100), kind: 'safety' as const },
  ];
  assert.deepEqual(inOrder(all), ['undone', 'before'], 'when nothing says that anybody went back');
  const remembered = { installationId: 'aaaaaaaa-1', lineage: second };
  assert.deepEqual(inOrder(all, { remembered }), ['before']);
  const choice = chooseBackups(all, { ...context, remembered });
  assert.equal(choice.kind === 'chosen' && choice.after, 2, 'so that no number is given out twice');
  assert.deepEqual(inOrder(all, { remembered: { ...remembered, installationId: 'bbbbbbbb-2' } }), ['undone', 'before']);
});

test("another bot's backups, and those of nobody knows whom, are asked about", () => {
  const own = candidate('own', first, 1);
  const anothers = candidate('anothers', first, 99, { installationId: 'bbbbbbbb-2', application: '99' });
  const olds = candidate('old', null);
  assert.deepEqual(inOrder([own, anothers, olds]), ['own']);
  assert.equal(inOrder([anothers, olds]), 'ask');
  assert.equal(inOrder([olds]), 'ask');
  assert.deepEqual(inOrder([own, anothers, olds], { wanted: 'bbbbbbbb' }), ['anothers']);
  assert.deepEqual(inOrder([own, anothers, olds], { wanted: WITHOUT_IDENTITY }), ['old']);
  assert.equal(inOrder([own, anothers], { wanted: 'cccccccc' }), 'ask');
  assert.equal(inOrder([], { wanted: 'bbbbbbbb' }), 'ask', 'who names some does not mean an empty one');
  const earlier = candidate('earlier', first, 9, { installationId: 'cccccccc-3' });
  assert.equal(inOrder([own, earlier]), 'ask', 'two installations of one application');
  const remembered = { installationId: 'cccccccc-3', lineage: first };
  assert.deepEqual(inOrder([own, earlier], { remembered }), ['earlier']);
});

test('where two bots have gone on from one state, nobody but a person can choose', () => {
  const rival = begun(first, {
    ...second[0],
    after: 1,
    id: 'timeline-x',
    cause: 'restore',
    now: NOW,
    branchedAt: null,
  });
  const choice = chooseBackups([candidate('one', second, 60), candidate('other', rival, 70)], context);
  assert.deepEqual(choice.kind === 'forked' && choice.newest.map(({ name }) => name), ['one', 'other']);
});

test('copies of one backup are tried in the order of their places', () => {
  const places = ['near', 'far'].map((from) => Object.assign(candidate('same', first, 5), { from }));
  const choice = chooseBackups(places, context);
  assert.deepEqual(choice.kind === 'chosen' && choice.inOrder.map(({ from }) => from), ['near', 'far']);
});
