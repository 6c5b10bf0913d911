import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allows, createAccess, type Person } from '../../../src/discord/access.ts';

const levelOf = createAccess({
  moderatorRoleIds: ['role'],
  operatorUserIds: ['listed'],
  ownerIds: () => ['owner'],
  homeGuildId: () => 'home',
});

function person(more: Partial<Person>): Person {
  return { userId: 'somebody', guildId: 'elsewhere', roleIds: [], managesServer: false, ...more };
}

test('whoever may manage a server, or has a configured role, moderates there', () => {
  assert.equal(levelOf(person({})), 'everyone');
  assert.equal(levelOf(person({ guildId: 'home' })), 'everyone');
  assert.equal(levelOf(person({ roleIds: ['another'] })), 'everyone');
  assert.equal(levelOf(person({ managesServer: true })), 'moderator');
  assert.equal(levelOf(person({ roleIds: ['role'] })), 'moderator');
});

test('moderators of the home server, listed people and the owner operate the bot', () => {
  assert.equal(levelOf(person({ managesServer: true, guildId: 'home' })), 'operator');
  assert.equal(levelOf(person({ userId: 'listed' })), 'operator');
  assert.equal(levelOf(person({ userId: 'owner' })), 'operator');
});

test('where no home is known, moderators are nobody’s operators', () => {
  const homeless = createAccess({
    moderatorRoleIds: [],
    operatorUserIds: [],
    ownerIds: () => [],
    homeGuildId: () => null,
  });
  assert.equal(homeless(person({ managesServer: true })), 'moderator');
});

test('each level may do what the one below may', () => {
  assert.deepEqual(
    (['everyone', 'moderator', 'operator'] as const).map((needed) => allows('moderator', needed)),
    [true, true, false],
  );
});
