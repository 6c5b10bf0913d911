import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slashCommand, type Access, type Command } from '../../../src/discord/command.ts';
import { createRegistration } from '../../../src/discord/registration.ts';
import { recordingLog } from '../../support/fake-discord.ts';

type Hidden = { moderator: boolean; operator: boolean };
type Uploaded = { name: string; default_member_permissions?: string; contexts?: number[] }[];

function command(name: string, access: Access): Command {
  return {
    data: slashCommand({ name, description: { en: name, ja: name } }),
    access,
    help: [],
    reply: 'private',
    run: () => ({ content: '' }),
  };
}

/** Discord's lists of commands, and the settings of the bot, which both outlive a restart. */
function world() {
  const lists = new Map<string, Uploaded>();
  const stored = new Map<string, unknown>();
  const puts: string[] = [];
  const rest = {
    async get(route: string) {
      return lists.get(route) ?? [];
    },
    async put(route: string, options?: { body?: unknown }) {
      puts.push(route);
      lists.set(route, options?.body as Uploaded);
    },
  };
  const settings = {
    setting: (scope: string, key: string) => stored.get(`${scope}/${key}`),
    saveSetting: (scope: string, key: string, value: unknown) => void stored.set(`${scope}/${key}`, value),
  };
  const { log, lines } = recordingLog();
  const register = (
    commands: Command[],
    home: string | null,
    { guilds = [], hidden = { moderator: true, operator: true } }: { guilds?: string[]; hidden?: Hidden } = {},
  ) => createRegistration({ rest, settings, commands, hidden, log })('app', home, guilds);
  return { lists, puts, lines, register };
}

const GLOBAL = '/applications/app/commands';
const guild = (id: string) => `/applications/app/guilds/${id}/commands`;

test('commands are uploaded once, and again only when a definition changes', async () => {
  const { puts, register } = world();
  await register([command('ask', 'everyone')], null);
  await register([command('ask', 'everyone')], null);
  assert.deepEqual(puts, [GLOBAL]);
  await register([command('ask', 'everyone'), command('help', 'everyone')], null);
  assert.deepEqual(puts, [GLOBAL, GLOBAL]);
});

test('commands that were deleted at Discord are uploaded again, although nothing changed here', async () => {
  const { lists, puts, register } = world();
  await register([command('ask', 'everyone')], null);
  lists.set(GLOBAL, []);
  await register([command('ask', 'everyone')], null);
  assert.equal(puts.length, 2);
});

test('the log says why commands were uploaded: a Discord that does not have them is no changed definition', async () => {
  const { lists, lines, register } = world();
  await register([command('ask', 'everyone')], null);
  lists.clear(); // as a playground begins each time
  await register([command('ask', 'everyone')], null);
  await register([command('ask', 'everyone'), command('help', 'everyone')], null);
  assert.deepEqual(
    lines.map(({ message }) => message),
    [
      'Uploaded 1 command for all servers to Discord, for the first time',
      'Uploaded 1 command for all servers to Discord, because Discord did not have them',
      'Uploaded 2 commands for all servers to Discord, because the definitions changed',
    ],
  );
});

test('operators’ commands are in every server, elsewhere for administrators; at home a role or a list opens them to all', async () => {
  const { lists, register } = world();
  const commands = [command('ask', 'everyone'), command('backup', 'operator')];
  const administrators = '0';
  const shown = (route: string) => lists.get(route)?.map((one) => [one.name, one.default_member_permissions]);
  const more = { guilds: ['g1', 'g2'], hidden: { moderator: false, operator: false } };
  await register(commands, 'g2', more);
  assert.deepEqual(shown(GLOBAL), [['ask', undefined]]);
  assert.deepEqual(shown(guild('g1')), [['backup', administrators]]);
  assert.deepEqual(shown(guild('g2')), [['backup', undefined]]);
  await register(commands, 'g1', more);
  assert.deepEqual(shown(guild('g1')), [['backup', undefined]]);
  assert.deepEqual(shown(guild('g2')), [['backup', administrators]]);
});

test('what members may not use is hidden from them, unless a role or a list says who may', async () => {
  const hiding = world();
  await hiding.register([command('ask', 'everyone'), command('knowledge', 'moderator')], null);
  const permissions = (list: Uploaded | undefined) => list?.map((one) => one.default_member_permissions);
  assert.deepEqual(permissions(hiding.lists.get(GLOBAL)), [undefined, '32']);
  const open = world();
  await open.register([command('knowledge', 'moderator')], null, { hidden: { moderator: false, operator: false } });
  assert.deepEqual(permissions(open.lists.get(GLOBAL)), [undefined]);
  assert.deepEqual(open.lists.get(GLOBAL)?.[0]?.contexts, [0], 'in servers only');
});
