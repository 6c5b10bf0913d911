import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { ApplicationCommandType, type APIApplicationCommandOption } from 'discord-api-types/v10';
import { addToKnowledge } from '../../../commands/add-to-knowledge.ts';
import { help } from '../../../commands/help.ts';
import { commands } from '../../../commands/index.ts';
import { wordsIn, type Words } from '../../../src/errors.ts';
import type { LiveRequest, Services } from '../../../src/discord/command.ts';

const FOLDER = new URL('../../../commands/', import.meta.url);

test('the list of commands is the folder of commands', async () => {
  const files = (await readdir(FOLDER, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'index.ts')
    .map(({ name }) => name.replace(/\.ts$/, ''));
  const names = commands.map(({ data }) => data.name.toLowerCase().replaceAll(' ', '-'));
  assert.deepEqual(names.toSorted(), files.toSorted());
});

test('every command is described in English and Japanese within Discord’s limits', () => {
  for (const { data } of commands) {
    if (data.type === ApplicationCommandType.ChatInput || data.type === undefined) {
      check(data, /^[-_'\p{L}\p{N}]{1,32}$/u, false);
      checkOptions(data.options ?? []);
    } else {
      assert.ok((data.name_localizations?.ja ?? '').length > 0, data.name);
    }
  }

  function checkOptions(options: readonly APIApplicationCommandOption[]): void {
    assert.ok(options.length <= 25);
    for (const option of options) {
      check(option, /^[-_'\p{L}\p{N}]{1,32}$/u, true);
      if ('options' in option) checkOptions(option.options ?? []);
    }
    const required = options.map((option) => option.required ?? false);
    assert.deepEqual(
      required,
      required.toSorted((a, b) => Number(b) - Number(a)),
      'required options come first',
    );
  }

  function check(
    named: Pick<
      APIApplicationCommandOption,
      'name' | 'description' | 'name_localizations' | 'description_localizations'
    >,
    names: RegExp,
    nameIsTranslated: boolean,
  ): void {
    assert.match(named.name, names);
    assert.equal(named.name, named.name.toLowerCase());
    assert.ok(named.description.length >= 1 && named.description.length <= 100, named.description);
    const described = named.description_localizations?.ja ?? '';
    assert.ok(described.length >= 1 && described.length <= 100, `${named.name}: ${described}`);
    if (nameIsTranslated) assert.match(named.name_localizations?.ja ?? '', names);
  }
});

test('what /help says of all commands fits into one message, in both languages', () => {
  for (const locale of ['en', 'ja'] as const) {
    const text = commands.flatMap(({ help }) => help.map(({ usage, words }) => `- \`${usage}\`: ${words[locale]}`));
    assert.ok(text.join('\n').length < 1700);
    assert.ok(commands.every(({ help }) => help.length > 0));
  }
});

test('/help names the entries of menus as Discord shows them in Japanese', () => {
  const request = { level: 'everyone', locale: 'ja', say: (words: Words) => wordsIn('ja', words) } as LiveRequest;
  const { content } = help.run(request, { commands } as Services);
  assert.match(content, /`この質問に答える`/);
  assert.doesNotMatch(content, /Answer this/);
  const moderator = help.run({ ...request, level: 'moderator' }, { commands } as Services);
  assert.match(moderator.content, /`\/knowledge 追加`/);
  assert.match(moderator.content, /`\/knowledge 一覧 · 表示 · 検索 · 状態`/);
});

test('a message with nothing in it to learn is refused in words that say so', () => {
  const target = { content: ' ', authorName: 'x', url: 'https://discord.com/x', files: [] };
  assert.throws(
    () => addToKnowledge.run({ target } as unknown as LiveRequest, {} as Services),
    /neither text nor a .md or .txt file/,
  );
});
