import type { PersonaName } from '../../../client-state.ts';
import { CommandType } from '../discord.ts';
import type { Page } from '../page.ts';
import { leavesOf, type Leaf } from './command-list.ts';

/** The commands of this person here. */
export function leaves(page: Page): readonly Leaf[] {
  return leavesOf(page.store.commands(CommandType.chatInput), page.settings().locale);
}

export function findCommand(page: Page, path: string): Leaf | undefined {
  return leaves(page).find((leaf) => leaf.path === path || leaf.localPath === path);
}

/** The first persona that has the command of this path, where this person has not; null where they have, or nobody has. */
export function whoHas(page: Page, path: string): PersonaName | null {
  const [name] = path.split(/\s/);
  return page.store.guild()?.commandsOfOthers.find((one) => one.name === name)?.persona ?? null;
}
