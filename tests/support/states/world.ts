import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../seeded.ts';
import { foldersOf, makeFolders, type Folders, type Machine, type RunningBot, type Variables } from './machine.ts';
import { archivesIn, rememberedIn } from './media.ts';
import type { Left, Made, Right, State, Story } from './reference.ts';

export interface Bot {
  readonly name: string;
  readonly application: string;
  /** What makes it that application. */
  readonly variables: Variables;
  readonly folders: Folders;
  running: RunningBot | null;
  /** There is no database, so that a start has to choose. */
  isLost: boolean;
  /** Whose state it has; null before its first start. */
  story: Story | null;
  /** What a start is to come to, from the loss of the database on; null where it is there. */
  right: Right | null;
  /** What a restore that may have been cut off was to bring. */
  target: State | null;
  /** What a file has that was written for other programs. */
  exported: { readonly file: string; readonly documents: readonly string[] } | null;
  /** Its volume was lost, and with it what the time was, while the clock was wrong: what is old may go. */
  mayForget: boolean;
  /** The backups that it had when its clock was set for the first time; null while that is where it was. */
  doubted: { readonly sinceOffByMs: number; kept: readonly Made[] } | null;
  /** An older state of its volume, whole. */
  older: { readonly folder: string; readonly story: Story; readonly state: State } | null;
}

/** One bot or two, what they run on, and what is known of it all by somebody who sees everything. */
export interface World extends Disposable {
  readonly machine: Machine;
  readonly bots: readonly Bot[];
  readonly random: () => number;
  /** What was done, for whoever looks at a failure. */
  readonly told: string[];
  clockIsOffByMs: number;
  /** By the hash of the archive. */
  readonly made: Map<string, Made>;
  /** Copies that are of no use any more, and still tell of an episode; by what their bytes have come to. */
  readonly rotten: Map<string, Made>;
  /** Which episode the program calls by which id. */
  readonly timelines: Map<string, { readonly story: Story; readonly episode: number }>;
  readonly counts: Map<string, number>;
}

/** Which bots there are, and what they run on. */
export interface Form {
  applications(random: () => number): readonly Pick<Bot, 'application' | 'variables'>[];
  open(folder: string, random: () => number): Promise<Machine>;
}

const NAMES = ['one', 'other'];

export async function openWorld(folder: string, seed: number, form: Form): Promise<World> {
  const random = seeded(seed);
  const bots = form.applications(random).map(({ application, variables }, at): Bot => ({
    name: NAMES[at] ?? '',
    application,
    variables,
    folders: foldersOf(folder, NAMES[at] ?? ''),
    running: null,
    isLost: true,
    story: null,
    right: null,
    target: null,
    exported: null,
    mayForget: false,
    doubted: null,
    older: null,
  }));
  for (const bot of bots) makeFolders(bot.folders);
  const machine = await form.open(folder, random);
  return {
    machine,
    bots,
    random,
    told: [],
    clockIsOffByMs: 0,
    made: new Map(),
    rotten: new Map(),
    timelines: new Map(),
    counts: new Map(),
    [Symbol.dispose]: () => machine[Symbol.dispose](),
  };
}

/** What is whole in a folder; only with what stands beside it, where it has to have been verified. */
export function copiesIn(world: World, folder: string, isVerified = false): Made[] {
  return [...archivesIn(folder)].flatMap(([sha256, name]) => {
    const made = world.made.get(sha256);
    const isCounted = !isVerified || existsSync(join(folder, name.replace('.tar.zst', '.manifest.json')));
    return made === undefined || !isCounted ? [] : [made];
  });
}

/** All that a start without a database can go by. */
export function leftFor(world: World, bot: Bot, named: Story | null): Left {
  const { application, folders } = bot;
  const marker = rememberedIn(folders.backups);
  return {
    application,
    copies: [...copiesIn(world, folders.backups), ...copiesIn(world, folders.vault)],
    rotten: [folders.backups, folders.vault].flatMap((folder) =>
      [...archivesIn(folder).keys()].flatMap((sha256) => world.rotten.get(sha256) ?? []),
    ),
    remembered: marker === null ? null : (world.timelines.get(marker.timeline) ?? null),
    named,
  };
}

/** What was made since is of the state that it was made of. */
export function notice(world: World, bot: Bot, made: Made): void {
  for (const sha256 of archivesIn(bot.folders.backups).keys()) {
    if (!world.made.has(sha256) && !world.rotten.has(sha256)) world.made.set(sha256, made);
  }
}

export class WrongChoice extends Error {}

export function assertRight(isRight: boolean, what: () => string): void {
  if (!isRight) throw new WrongChoice(what());
}

export const count = ({ counts }: World, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
