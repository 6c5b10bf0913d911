import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, ClientApplication } from 'discord.js';
import { ownerIdsOf } from '../../../src/discord/client.ts';

/** As discord.js reads what Discord says of an application. */
function ownerOf(more: object): ClientApplication['owner'] {
  const client = new Client({ intents: [] });
  const data = { id: '1', name: 'bot', ...more };
  return (Reflect.construct(ClientApplication, [client, data]) as ClientApplication).owner;
}

const user = (id: string) => ({ id, username: `user ${id}`, discriminator: '0', avatar: null });
const member = (id: string, role: string, membership_state = 2) => ({
  user: user(id),
  team_id: '9',
  role,
  membership_state,
});

test('the owner of an application operates the bot', () => {
  assert.deepEqual(ownerIdsOf(ownerOf({ owner: user('7') })), ['7']);
  assert.deepEqual(ownerIdsOf(null), []);
});

test('of a team that owns it, those who joined it and may change the application do', () => {
  const members = [
    member('10', 'admin'),
    member('11', 'developer'),
    member('12', 'read_only'),
    member('13', 'admin', 1), // invited, and has not said yes
    member('14', 'admin'),
  ];
  const team = { id: '9', name: 'Team', icon: null, owner_user_id: '10', members };
  assert.deepEqual(ownerIdsOf(ownerOf({ owner: user('9'), team })), ['10', '11', '14']);
});
