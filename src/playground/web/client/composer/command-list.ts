import type { APIApplicationCommandBasicOption, APIApplicationCommandOption } from 'discord-api-types/v10';
import type { ClientCommand, ClientLocale } from '../../../client-state.ts';
import { Option } from '../discord.ts';

/** Something one can run: a command without subcommands, or one of its subcommands. */
export interface Leaf {
  /** In the bot's own names, as requests use them: `knowledge add`. */
  readonly path: string;
  readonly localPath: string;
  readonly description: string;
  /** Required ones first, as Discord demands of the bot. */
  readonly options: readonly APIApplicationCommandBasicOption[];
}

interface Localised {
  readonly name: string;
  readonly description: string;
  readonly name_localizations?: Partial<Record<string, string | null>> | null;
  readonly description_localizations?: Partial<Record<string, string | null>> | null;
}

export function localName(option: Localised, locale: ClientLocale): string {
  return option.name_localizations?.[locale] ?? option.name;
}

export function localDescription(option: Localised, locale: ClientLocale): string {
  return option.description_localizations?.[locale] ?? option.description;
}

export function leavesOf(commands: readonly ClientCommand[], locale: ClientLocale): readonly Leaf[] {
  return commands.flatMap((command) => {
    const start = { path: command.name, localPath: command.localName, description: command.localDescription };
    return flatten(start, command.options, locale);
  });
}

function flatten(
  above: { path: string; localPath: string; description: string },
  options: readonly APIApplicationCommandOption[],
  locale: ClientLocale,
): readonly Leaf[] {
  const branches = options.filter(isBranch);
  if (branches.length === 0) return [{ ...above, options: options.filter((option) => !isBranch(option)) }];
  return branches.flatMap((branch) =>
    flatten(
      {
        path: `${above.path} ${branch.name}`,
        localPath: `${above.localPath} ${localName(branch, locale)}`,
        description: localDescription(branch, locale),
      },
      branch.options ?? [],
      locale,
    ),
  );
}

type Branch = Extract<APIApplicationCommandOption, { type: 1 | 2 }>;
function isBranch(option: APIApplicationCommandOption): option is Branch {
  return option.type === Option.subcommand || option.type === Option.subcommandGroup;
}

/** Those that what was typed after the slash may mean, best first; by what they do only where no name fits. */
export function filterLeaves(all: readonly Leaf[], typed: string): readonly Leaf[] {
  const wanted = typed.trim().toLowerCase();
  const rank = (leaf: Leaf): number => {
    const names = [leaf.path.toLowerCase(), leaf.localPath.toLowerCase()];
    if (names.some((name) => name.startsWith(wanted))) return 0;
    if (names.some((name) => name.split(' ').some((word) => word.startsWith(wanted)))) return 1;
    if (names.some((name) => name.includes(wanted))) return 2;
    return wanted.length > 2 && leaf.description.toLowerCase().includes(wanted) ? 3 : 4;
  };
  const ranked = all.map((leaf) => ({ leaf, rank: rank(leaf) }));
  const named = ranked.filter((entry) => entry.rank < 3);
  const fitting = named.length > 0 ? named : ranked.filter((entry) => entry.rank < 4);
  return fitting.sort((a, b) => a.rank - b.rank).map(({ leaf }) => leaf);
}

export interface Typed {
  readonly leaf: Leaf;
  readonly values: Record<string, string>;
  /** What no option of the command takes. */
  readonly left: string;
}

/** Files are chosen, all else is typed. */
export const takesText = (option: APIApplicationCommandBasicOption): boolean => option.type !== Option.attachment;

/**
 * Reads a typed or pasted command: `/ask question: How? private: True`. Null unless it names a command in full; text
 * before the first option's name goes into the first option that takes text.
 */
export function parseTyped(text: string, all: readonly Leaf[]): Typed | null {
  if (!text.startsWith('/')) return null;
  const line = text.slice(1).replaceAll(/\s+/g, ' ');
  const names = (leaf: Leaf) => [leaf.path, leaf.localPath];
  const fits = (name: string) => line === name || line.startsWith(`${name} `);
  const leaf = all
    .filter((one) => names(one).some(fits))
    .sort((a, b) => b.path.length - a.path.length)
    .at(0);
  if (!leaf) return null;
  const name = names(leaf).find(fits) ?? '';
  const values: Record<string, string> = {};
  const left: string[] = [];
  let current = leaf.options.find(takesText)?.name ?? '';
  for (const word of line.slice(name.length).trim().split(' ')) {
    const named = leaf.options.find(
      (option) => word.startsWith(`${option.name}:`) || namesOf(option).some((one) => word.startsWith(`${one}:`)),
    );
    if (named) current = named.name;
    const rest = named ? word.slice(word.indexOf(':') + 1) : word;
    if (current && rest) values[current] = values[current] ? `${values[current]} ${rest}` : rest;
    else if (rest) left.push(rest);
  }
  return { leaf, values, left: left.join(' ') };
}

function namesOf(option: Localised): string[] {
  return Object.values(option.name_localizations ?? {}).filter((name) => typeof name === 'string');
}
