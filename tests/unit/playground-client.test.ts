import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  ComponentType,
  TextInputStyle,
} from 'discord-api-types/v10';
import type { ClientCommand, ClientGuild } from '../../src/playground/client-state.ts';
import { filterLeaves, leavesOf, parseTyped } from '../../src/playground/web/client/composer/command-list.ts';
import { decodeMentions, encodeMentions, mentionAt } from '../../src/playground/web/client/composer/mentions.ts';
import { readOption } from '../../src/playground/web/client/composer/option-value.ts';
import { Button, CommandType, Kind, Option, SHORT_TEXT } from '../../src/playground/web/client/discord.ts';

const command = (name: string, options: ClientCommand['options'], localName = name): ClientCommand => ({
  id: name,
  type: ApplicationCommandType.ChatInput,
  name,
  description: `The ${name} command`,
  localName,
  localDescription: `The ${name} command`,
  options,
});

const { String: Text, Boolean, Integer, Subcommand } = ApplicationCommandOptionType;
const question = {
  type: Text,
  name: 'question',
  description: 'What?',
  required: true,
  name_localizations: { ja: '質問' },
} as const;
const commands = [
  command('ask', [question, { type: Boolean, name: 'private', description: 'Only for you' }], '質問する'),
  command('knowledge', [
    { type: Subcommand, name: 'add', description: 'Teach' },
    { type: Subcommand, name: 'search', description: 'Find passages', options: [{ ...question, name: 'text' }] },
  ]),
  command('backup', []),
  command('backups', []),
];
const all = leavesOf(commands, 'en');

test('the page’s numbers for Discord’s kinds are those of discord-api-types', () => {
  const pairs: readonly (readonly [Readonly<Record<string, number>>, Readonly<Record<string, string | number>>])[] = [
    [Kind, ComponentType],
    [Button, ButtonStyle],
    [Option, ApplicationCommandOptionType],
    [CommandType, ApplicationCommandType],
  ];
  for (const [ours, theirs] of pairs) {
    for (const [name, value] of Object.entries(ours)) {
      assert.equal(value, theirs[`${name.charAt(0).toUpperCase()}${name.slice(1)}`], name);
    }
  }
  assert.equal(SHORT_TEXT, TextInputStyle.Short);
});

test('subcommands are offered as commands of their own', () => {
  assert.deepEqual(
    all.map(({ path }) => path),
    ['ask', 'knowledge add', 'knowledge search', 'backup', 'backups'],
  );
});

test('the picker finds commands by their start or a later word, and by their description where no name fits', () => {
  const paths = (typed: string) => filterLeaves(all, typed).map(({ path }) => path);
  assert.deepEqual(paths('kno'), ['knowledge add', 'knowledge search']);
  assert.deepEqual(paths('sear'), ['knowledge search']);
  assert.deepEqual(paths('質'), ['ask']);
  assert.deepEqual(paths('passages'), ['knowledge search']);
  assert.deepEqual(paths('zzz'), []);
  const privacy = { path: 'privacy forget-me', localPath: 'privacy forget-me', description: 'Bot asks', options: [] };
  assert.deepEqual(
    filterLeaves([privacy, ...all], 'ask').map(({ path }) => path),
    ['ask'],
  );
});

test('a pasted command is read into its options', () => {
  const read = (text: string) => {
    const typed = parseTyped(text, all);
    return typed && { path: typed.leaf.path, values: typed.values };
  };
  assert.deepEqual(read('/ask question: How do I restore? private: True'), {
    path: 'ask',
    values: { question: 'How do I restore?', private: 'True' },
  });
  assert.deepEqual(read('/ask 質問: どうやって'), { path: 'ask', values: { question: 'どうやって' } });
  assert.deepEqual(read('/ask note: a colon'), { path: 'ask', values: { question: 'note: a colon' } });
  assert.deepEqual(read('/knowledge search what'), { path: 'knowledge search', values: { text: 'what' } });
  assert.deepEqual(read('/backups'), { path: 'backups', values: {} });
  assert.equal(read('/knowledge'), null);
  assert.equal(read('/asking'), null);
});

const guild: ClientGuild = {
  id: '1',
  name: 'Town',
  botPresent: true,
  roles: [{ id: '20', name: 'Mods', color: 0 }],
  members: [
    { user: { id: '7', username: 'ann', displayName: 'Ann', bot: false }, roleIds: [], online: true },
    { user: { id: '8', username: 'anna', displayName: 'Anna Bell', bot: false }, roleIds: [], online: true },
  ],
  commands: [],
  commandsOfOthers: [],
};

test('names that people type become mentions, the longest first, and come back as names', () => {
  assert.equal(encodeMentions('@Ann and @anna bell, @Mods: a@ann.org', guild, []), '<@7> and <@8>, <@&20>: a@ann.org');
  assert.equal(encodeMentions('@Annex', guild, []), '@Annex');
  assert.equal(decodeMentions('<@8> hi', guild, []), '@Anna Bell hi');
  assert.deepEqual(mentionAt('hi @an', 6), { from: 3, typed: 'an' });
  assert.equal(mentionAt('mail a@b', 8), null);
});

test('an option’s text becomes its value, or words that say what is wrong', () => {
  const count = { type: Integer, name: 'count', description: 'n', min_value: 1, max_value: 5 } as const;
  assert.deepEqual(readOption(count, '３', null), { value: 3 });
  assert.deepEqual(readOption(count, '9', null), { problem: 'At most 5' });
  assert.deepEqual(readOption(count, 'x', null), { problem: 'This must be a number' });
  assert.deepEqual(readOption(count, '', null), { value: undefined });
  assert.deepEqual(readOption(question, ' ', null), { problem: 'This option is required' });
  const offers = [{ label: '@Ann', value: '7' }];
  assert.deepEqual(
    readOption({ type: ApplicationCommandOptionType.User, name: 'u', description: 'u' }, 'ann', offers),
    {
      value: '7',
    },
  );
});
