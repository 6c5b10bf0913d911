import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable.ts';
import type { RestoreJournal } from './journal.ts';
import type { Content } from './ports.ts';

/** Called before each change on the disk; a test throws from it. */
export type Step = (what: string) => void | Promise<void>;

/** Content that waits in a root to take its place: `.stage-ID/sqlite/…`. Within the root, as renames do not cross mounts. */
export const stageOf = ({ root }: Pick<Content, 'root'>, id: string): string => join(root, `.stage-${id}`);

/** Content that made way, until the restore is confirmed. */
export const beforeOf = ({ root }: Pick<Content, 'root'>, id: string): string => join(root, `.before-restore-${id}`);

/** The names in a content's root that belong to it now; none where the root is not there. */
export async function namesOf({ root, owns }: Content): Promise<string[]> {
  return (await entriesOf(root)).filter(owns).sort();
}

/** Moves the live content aside and what is staged into its place. The journal lies on the disk already. */
export async function swapIn(contents: readonly Content[], { id, before }: RestoreJournal, step: Step): Promise<void> {
  for (const content of contents) {
    const aside = join(beforeOf(content, id), content.name);
    await step(`make ${aside}`);
    await mkdir(aside, { recursive: true, mode: 0o700 });
    // All that the journal lists, so that afterwards a listed name in the root can only be a new one.
    for (const name of new Set([...(before[content.name] ?? []), ...(await namesOf(content))])) {
      await step(`move ${content.name} ${name} out`);
      await rename(join(content.root, name), join(aside, name));
    }
    await syncFolder(aside);
    await syncFolder(content.root);
  }
  for (const content of contents) {
    const staged = join(stageOf(content, id), content.name);
    for (const name of await entriesOf(staged)) {
      const place = content.place(`${content.name}/${name}`);
      await step(`move ${content.name} ${place} in`);
      await rename(join(staged, name), join(content.root, place));
    }
    await syncFolder(content.root);
  }
}

/**
 * Puts back what was there before, from wherever the exchange has stopped, this undoing included. A name that the journal
 * lists is the old one unless the old one lies aside; every other name came with the restore and goes.
 */
export async function swapBack(contents: readonly Content[], journal: RestoreJournal, step: Step): Promise<void> {
  for (const content of contents) {
    const listed = journal.before[content.name];
    if (listed === undefined) continue; // it took no part
    const aside = join(beforeOf(content, journal.id), content.name);
    const lyingAside = new Set(await entriesOf(aside));
    const old = new Set(listed);
    for (const name of await namesOf(content)) {
      if (old.has(name) && !lyingAside.has(name)) continue;
      await step(`remove ${content.name} ${name}`);
      await rm(join(content.root, name), { recursive: true, force: true });
    }
    for (const name of lyingAside) {
      await step(`move ${content.name} ${name} back`);
      await rename(join(aside, name), join(content.root, name));
    }
    if (lyingAside.size > 0) await syncFolder(content.root);
  }
  await clear(contents, journal, step);
}

/**
 * Takes away the folders of a restore that is over; what made way is deleted with them. Comes back with those that cannot be
 * deleted, in which nothing is needed any more.
 */
export async function clear(
  contents: readonly Content[],
  { id }: Pick<RestoreJournal, 'id'>,
  step: Step,
): Promise<readonly string[]> {
  const held: string[] = [];
  for (const folder of new Set(contents.flatMap((one) => [stageOf(one, id), beforeOf(one, id)]))) {
    await step(`delete ${folder}`);
    if (!(await removed(folder))) held.push(folder);
  }
  for (const root of new Set(contents.map((one) => one.root))) await syncFolder(root).catch(ignoreMissing);
  return held;
}

/**
 * Deletes what earlier restores staged and never used, and empty folders. With no journal they speak of nothing. Folders
 * of content that made way are never deleted here while they hold anything; they are returned, and so is what cannot be
 * deleted.
 */
export async function clearLeftovers(contents: readonly Content[]): Promise<string[]> {
  const held: string[] = [];
  for (const root of new Set(contents.map((one) => one.root))) {
    for (const name of await entriesOf(root)) {
      const folder = join(root, name);
      const isGone = STAGED.test(name) ? await removed(folder) : !MADE_WAY.test(name) || (await removedEmpty(folder));
      if (!isGone) held.push(folder);
    }
  }
  return held;
}

const STAGED = /^\.stage-\d{8}t\d{6}-[0-9a-f]{8}$/;
const MADE_WAY = /^\.before-restore-\d{8}t\d{6}-[0-9a-f]{8}$/;

async function removed(folder: string): Promise<boolean> {
  return rm(folder, { recursive: true, force: true }).then(
    () => true,
    () => false, // no bot has to stand still for it
  );
}

async function removedEmpty(folder: string): Promise<boolean> {
  try {
    for (const name of await readdir(folder)) await rmdir(join(folder, name));
    await rmdir(folder);
    return true;
  } catch {
    return false; // it holds something
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    ignoreMissing(error);
    return [];
  });
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
