/** What must hold of copies after whatever happened. */
import { assertContent } from './life.ts';
import { timelinesIn } from './media.ts';
import { depthOf, lineOf, type Made, type Story } from './reference.ts';
import { assertRight, copiesIn, type Bot, type World } from './world.ts';

/** A copy of what is there now, made since it was last gone back to, and none that is there to undo something. */
export const hasHead = (world: World, folder: string, story: Story): boolean =>
  copiesIn(world, folder, true).some((copy) => copy.story === story && !copy.isSafety && copy.state === story.head);

/** What is acknowledged and in no such copy is never called covered, and what is in one always is. */
export async function assertCovered(world: World, bot: Bot): Promise<void> {
  await assertContent(bot);
  const { name, running, story, folders } = bot;
  if (running === null || story === null) return;
  const { here } = await running.coverage();
  const isThere = hasHead(world, folders.backups, story);
  assertRight(here === isThere, () => `${name} is said to be ${isThere ? 'not ' : ''}covered`);
}

export interface Holdings {
  readonly here: readonly Made[];
  readonly inVault: readonly Made[];
}

export const holdingsOf = (world: World, { folders }: Bot): Holdings => ({
  here: copiesIn(world, folders.backups, true),
  inVault: copiesIn(world, folders.vault, true),
});

/** Retention removes neither the newest copy of the line that the bot is on, nor another one's. */
export function assertNothingLost(world: World, bot: Bot, before: Holdings): void {
  const after = holdingsOf(world, bot);
  for (const place of ['here', 'inVault'] as const) {
    const isKept = newestDepth(bot, after[place]) >= newestDepth(bot, before[place]);
    assertRight(isKept, () => `the newest copy of ${bot.name} ${place === 'here' ? 'here' : 'in the vault'} is gone`);
  }
  const others = before.inVault.filter(({ story }) => story.bot !== bot.name);
  assertRight(
    others.every((made) => after.inVault.includes(made)),
    () => `${bot.name} has removed another one's copy from the vault`,
  );
}

/** What a loss has left of what has to be kept. */
export function stillThere(world: World, bot: Bot): void {
  const { here } = holdingsOf(world, bot);
  if (bot.doubted !== null) bot.doubted.kept = bot.doubted.kept.filter((made) => here.includes(made));
}

/** While nobody has said which time it is, no backup goes because of days that may never have been. */
export function assertKeptInDoubt(world: World, bot: Bot): void {
  const { doubted } = bot;
  if (doubted === null) return;
  if (doubted.sinceOffByMs === world.clockIsOffByMs) bot.doubted = null;
  const { here } = holdingsOf(world, bot);
  assertRight(
    doubted.kept.every((made) => here.includes(made)),
    () => `${bot.name} removed a backup for days that its clock was set by`,
  );
}

function newestDepth({ story }: Bot, copies: readonly Made[]): number {
  const line = lineOf(story?.head ?? null);
  const usable = copies.filter(({ state, isSafety }) => !isSafety && line.has(state));
  return Math.max(0, ...usable.map(({ state }) => depthOf(state)));
}

/** No two timelines of one installation have the same number: which is the newer one could not be told. */
export function assertNumbersApart({ bots }: World): void {
  const ids = new Map<string, string>();
  const folders = new Set(bots.flatMap(({ folders: { backups, vault } }) => [backups, vault]));
  for (const { installationId, number, id } of [...folders].flatMap(timelinesIn)) {
    const which = `${installationId} ${number}`;
    assertRight((ids.get(which) ?? id) === id, () => `two timelines have the number of ${which}`);
    ids.set(which, id);
  }
}
