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
