import { isAppError } from '../../../src/errors.ts';
import { timelineOf } from '../../../src/backup/state-model.ts';
import type { Fault } from './disk.ts';
import { titlesIn } from './light-knowledge.ts';
import { startBot, type RunningBot } from './machine.ts';
import { begin, goBack, rightAfterLoss } from './reference.ts';
import { assertRight, count, leftFor, placesOf, type Bot, type World } from './world.ts';

/** The operator wants an empty one. */
const BEGINS = { ALLOW_EMPTY_START: 'true', RESTORE_ON_EMPTY: 'false' };

const NOTHING = {};

type Variables = Readonly<Record<string, string>>;

/** Starts a bot until it runs, answering what it asks as an operator would, and holds what it has then against what is right. */
export async function start(world: World, bot: Bot, fault: Fault | null): Promise<void> {
  const own = ownVariables(world, bot);
  if (bot.isLost) {
    const begins = own === BEGINS;
    bot.right ??= begins ? { kind: 'empty' } : rightAfterLoss(leftFor(world, bot, own === NOTHING ? null : bot.story));
  }
  let refused = await attempt(world, bot, fault, own);
  if (refused !== null && refused.isFault) refused = await attempt(world, bot, null, own);
  if (refused === null) return;
  const { right } = bot;
  assertRight(right?.kind === 'ask', () => `${bot.name} did not start: ${refused?.error.message}`);
  count(world, 'asked');
  const stories = right?.kind === 'ask' ? right.stories.filter((story) => story.bot === bot.name) : [];
  const named = pick(world, [...stories, null]);
  if (named !== null && named.installationId !== null) {
    bot.right = rightAfterLoss(leftFor(world, bot, named));
    world.told.push(`the operator names ${named.installationId}`);
    refused = await attempt(world, bot, null, { RESTORE_INSTALLATION: named.installationId });
    if (refused === null) return;
    assertRight(bot.right.kind === 'ask', () => `${bot.name} did not take what was named: ${refused?.error.message}`);
  }
  bot.right = { kind: 'empty' };
  world.told.push('the operator allows an empty start');
  refused = await attempt(world, bot, null, BEGINS);
  if (refused !== null) throw refused.error;
}

/** Where two bots are one Discord application, whoever runs them says which is which. */
function ownVariables({ bots }: World, bot: Bot): Variables {
  const isOne = bots.some((other) => other !== bot && other.application === bot.application);
  if (!isOne) return NOTHING;
  const id = bot.story?.installationId ?? null;
  return id === null ? BEGINS : { RESTORE_INSTALLATION: id };
}

interface Refusal {
  readonly error: Error;
  readonly isFault: boolean;
}

async function attempt(world: World, bot: Bot, fault: Fault | null, more: Variables): Promise<Refusal | null> {
  const { folders, token } = bot;
  const variables = { DISCORD_TOKEN: token, ...more };
  const clock = () => world.now;
  const { disk, random, log } = world;
  const done = await disk.during(fault, placesOf(bot), () => startBot({ folders, variables, clock, random, log }));
  noteSteps('start', done.steps);
  if (fault?.kind === 'killed' && done.isMet) {
    await dispose(done.result);
    disk.comeBack();
    count(world, 'killed');
    return { error: new Error('killed'), isFault: true };
  }
  if (done.result === null) {
    const { error } = done;
    const known = isAppError(error) || done.isMet;
    if (!known || !(error instanceof Error)) throw error;
    return { error, isFault: done.isMet };
  }
  bot.running = done.result;
  settle(world, bot, done.result);
  return null;
}

/** What runs now is what should run, and is known by its names from now on. */
function settle(world: World, bot: Bot, running: RunningBot): void {
  const { right } = bot;
  [bot.right, bot.isLost] = [null, false];
  world.told.push(`  it runs, with ${shown(running)} (right: ${right?.kind ?? 'what was there'})`);
  if (right?.kind === 'ask')
    assertRight(false, () => `${bot.name} began with ${shown(running)}, which nobody could know`);
  if (right?.kind === 'state') {
    bot.story = right.story;
    goBack(right.story, right.state);
    count(world, 'restored to an empty volume');
  }
  if (right?.kind === 'empty') bot.story = begin(bot.name, bot.application);
  const { story, target } = bot;
  if (story === null) throw new Error('It has no story.');
  const state = running.premises.state();
  const id = timelineOf(state)?.id;
  if (state === null || id === undefined) throw new Error('It has no identity.');
  // A cut leaves what was there before, or what was restored: which, the timeline says, and all of it has to be there.
  if (target !== null && !world.timelines.has(id)) goBack(story, target);
  assertContent(bot);
  story.installationId = state.installationId;
  const known = world.timelines.get(id);
  const isKnown = known === undefined || (known.story === story && known.episode === story.head.episode);
  assertRight(isKnown, () => `${bot.name} goes on with a timeline that is another one`);
  world.timelines.set(id, { story, episode: story.head.episode });
}

export function assertContent({ name, running, story }: Bot): void {
  if (running === null || story === null) return;
  const expected = [...story.head.documents].sort().join(' ');
  assertRight(
    titlesIn(running.store()).join(' ') === expected,
    () => `${name} has ${shown(running)} instead of “${expected}”`,
  );
}

const shown = (running: RunningBot): string => `“${titlesIn(running.store()).join(' ')}”`;

export async function stop(world: World, bot: Bot, fault: Fault | null): Promise<void> {
  const { running } = bot;
  bot.running = null;
  if (running === null) return;
  const done = await world.disk.during(fault, placesOf(bot), async () => running[Symbol.asyncDispose]());
  noteSteps('stop', done.steps);
  if (done.isMet && fault?.kind === 'killed') world.disk.comeBack();
  else if (done.error !== null && !done.isMet) throw done.error;
}

/** The power goes, now or as it has. */
export async function kill(world: World, bot: Bot): Promise<void> {
  world.disk.goOff(placesOf(bot));
  await dispose(bot.running);
  bot.running = null;
  world.disk.comeBack();
  count(world, 'killed');
}

async function dispose(running: AsyncDisposable | null): Promise<void> {
  try {
    await running?.[Symbol.asyncDispose]();
  } catch {
    // It says so, and is gone all the same.
  }
}

/** The most steps that each kind of work was seen to take. */
const mostSteps = new Map<string, number>();
export function noteSteps(what: string, steps: number): void {
  mostSteps.set(what, Math.max(steps, mostSteps.get(what) ?? 1));
}

/** None, mostly; otherwise at any step of such work. */
export function faultIn({ random }: World, what: string): Fault | null {
  const [isFault, kind, share] = [random() < 0.3, random() < 0.5 ? 'killed' : 'fails', random()] as const;
  return isFault ? { kind, step: 1 + Math.floor(share * (mostSteps.get(what) ?? 30)) } : null;
}

export function pick<T>({ random }: World, all: readonly T[]): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
}
