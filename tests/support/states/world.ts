import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordingLog, type Logged } from '../fake-discord.ts';
import { seeded } from '../seeded.ts';
import { openDisk, type Disk } from './disk.ts';
import { foldersOf, makeFolders, type Folders, type RunningBot } from './machine.ts';
import { archivesIn, rememberedIn } from './media.ts';
import type { Left, Made, Right, State, Story } from './reference.ts';

export interface Bot {
  readonly name: string;
  readonly application: string;
  readonly token: string;
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
  /** An older state of its volume, whole. */
  older: { readonly folder: string; readonly story: Story; readonly state: State } | null;
}

/** Two bots, the disks that they are on, the time, and what is known of it all by somebody who sees everything. */
export interface World extends Disposable {
  readonly disk: Disk;
  readonly bots: readonly Bot[];
  readonly random: () => number;
  readonly log: ReturnType<typeof recordingLog>['log'];
  readonly lines: readonly Logged[];
  /** What was done, for whoever looks at a failure. */
  readonly told: string[];
  now: number;
  /** By the hash of the archive. */
  readonly made: Map<string, Made>;
  /** Copies that are of no use any more, and still tell of an episode; by what their bytes have come to. */
  readonly rotten: Map<string, Made>;
  /** Which episode the program calls by which id. */
  readonly timelines: Map<string, { readonly story: Story; readonly episode: number }>;
  readonly counts: Map<string, number>;
}

const START = Date.UTC(2026, 10, 21, 9);

export async function openWorld(folder: string, seed: number): Promise<World> {
  const random = seeded(seed);
  const { log, lines } = recordingLog();
  const isOneApplication = random() < 0.3;
  const bots = ['one', 'other'].map((name, at): Bot => {
    const application = `10000000000000000${isOneApplication ? 0 : at}`;
    const token = `${Buffer.from(application).toString('base64')}.x.y`;
    return {
      name,
      application,
      token,
      folders: foldersOf(folder, name),
      running: null,
      isLost: true,
      story: null,
      right: null,
      target: null,
      older: null,
    };
  });
  for (const bot of bots) makeFolders(bot.folders);
  const disk = await openDisk();
  return {
    disk,
    bots,
    random,
    log,
    lines,
    told: [],
    now: START,
    made: new Map(),
    rotten: new Map(),
    timelines: new Map(),
    counts: new Map(),
    [Symbol.dispose]: () => disk.close(),
  };
}

/** What a cut of its power stops. */
export const placesOf = ({ folders: { data, backups, vault } }: Bot): readonly string[] => [data, backups, vault];

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
    if (!world.made.has(sha256)) world.made.set(sha256, made);
  }
}

export class WrongChoice extends Error {}

export function assertRight(isRight: boolean, what: () => string): void {
  if (!isRight) throw new WrongChoice(what());
}

export const count = ({ counts }: World, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
