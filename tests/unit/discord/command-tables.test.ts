import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord-api-types/v10';
import { commands } from '../../../commands/index.ts';
import type { Command } from '../../../src/discord/command.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Options as people type them: `question: [private:]`. */
function optionsOf({ data }: Command): { subcommands: string[]; typed: string } {
  const options = 'options' in data ? (data.options ?? []) : [];
  const subcommands = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand);
  const typed = options
    .filter((option) => !subcommands.includes(option))
    .map(({ name, required }) => (required === true ? `${name}:` : `[${name}:]`));
  return { subcommands: subcommands.map(({ name }) => name), typed: typed.join(' ') };
}

const isMenu = ({ data }: Command) => data.type === ApplicationCommandType.Message;

/** `operator /backups pin`, `everyone /ask question: [private:]`, `everyone Answer this`: one for each thing to type. */
function inCode(locale: 'en' | 'ja'): string[] {
  return commands.flatMap((command) => {
    const { access, data } = command;
    if (isMenu(command)) return [`${access} ${locale === 'ja' ? data.name_localizations?.ja : data.name}`];
    const { subcommands, typed } = optionsOf(command);
    if (subcommands.length === 0) return [`${access} /${data.name} ${typed}`.trim()];
    return subcommands.map((name) => `${access} /${data.name} ${name}`);
  });
}

const LEVELS: Readonly<Record<string, string>> = {
  everyone: 'everyone',
  moderators: 'moderator',
  operators: 'operator',
  全員: 'everyone',
  モデレーター: 'moderator',
  運営者: 'operator',
};

function inTable(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, who = '', what = ''] = line.split('|').map((cell) => cell.trim());
    const level = LEVELS[who];
    if (level === undefined || what.includes('npm run cli')) return [];
    const menu = /(?:Apps|アプリ) → \*\*(.+?)\*\*/.exec(what)?.[1];
    if (menu !== undefined) return [`${level} ${menu}`];
    let command = '';
    return Array.from(what.matchAll(/`(\/[\w-]+)?([^`]*)`/g), ([, slash, rest = '']) => {
      command = slash ?? command;
      return `${level} ${command} ${rest.trim()}`.trim();
    });
  });
}

for (const [file, locale] of [
  ['README.md', 'en'],
  ['README.ja.md', 'ja'],
] as const)
  // prettier-ignore
  test(`the table of commands in ${file} is what can be typed, no more and no less, and by whom`, async () => {
    assert.deepEqual(inTable(await readFile(`${ROOT}/${file}`, 'utf8')).toSorted(), inCode(locale).toSorted());
  });

test('/help tells of every command and subcommand, and of none that does not exist', () => {
  for (const command of commands) {
    const { name } = command.data;
    const { subcommands } = optionsOf(command);
    const told = command.help.flatMap(({ usage }) => {
      if (!usage.startsWith('/')) return [usage];
      const [slash = '', ...rest] = usage.split(/ · | /);
      return rest.length === 0 ? [slash] : rest.map((subcommand) => `${slash} ${subcommand}`);
    });
    const expected = subcommands.map((subcommand) => `/${name} ${subcommand}`);
    const alone = [isMenu(command) ? name : `/${name}`];
    assert.deepEqual(told.toSorted(), (expected.length > 0 ? expected : alone).toSorted());
  }
});

test('every subcommand that the documentation names exists, and the guides name both entries of the menu', async () => {
  let named = 0;
  for await (const file of glob(['README*.md', 'docs/**/*.md'], { cwd: ROOT })) {
    const text = await readFile(`${ROOT}/${file}`, 'utf8');
    for (const command of commands.filter((one) => !isMenu(one))) {
      const { subcommands } = optionsOf(command);
      if (subcommands.length === 0) continue;
      const localized = 'options' in command.data ? (command.data.options ?? []) : [];
      const names = new Set([...subcommands, ...localized.map((option) => option.name_localizations?.ja ?? '')]);
      for (const [, used = ''] of text.matchAll(new RegExp(`\`/${command.data.name} ([\\p{L}-]+)(?!\\p{L}*:)`, 'gu'))) {
        named += 1;
        assert.ok(names.has(used), `${file}: /${command.data.name} ${used}`);
      }
    }
    if (!file.includes('using-nescordbot')) continue;
    for (const { data } of commands.filter(isMenu)) {
      const entry = file.endsWith('.ja.md') ? (data.name_localizations?.ja ?? data.name) : data.name;
      assert.ok(text.includes(`→ ${entry}`), `${file} does not name “${entry}”`);
    }
  }
  assert.ok(named > 20, `${named} are not many: does the search still find them?`);
});
