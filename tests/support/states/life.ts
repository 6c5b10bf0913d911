import { isAppError } from '../../../src/errors.ts';
import type { Fault, RunningBot, Variables } from './machine.ts';
import { begin, goBack, rightAfterLoss } from './reference.ts';
import { assertRight, count, leftFor, type Bot, type World } from './world.ts';

/** The operator wants an empty one. */
const BEGINS = { ALLOW_EMPTY_START: 'true', RESTORE_ON_EMPTY: 'false' };

const NOTHING = {};

/** Starts a bot until it runs, answering what it asks as an operator would, and holds what it has then against what is right. */
export async function start(world: World, bot: Bot, fault: Fault | null): Promise<void> {
  const own = ownVariables(world, bot);
  if (bot.isLost) {
    bot.mayForget ||= world.clockIsOffByMs !== 0;
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
  const { folders, variables } = bot;
  const { machine } = world;
  const done = await machine.during(fault, folders, () => machine.start(folders, { ...variables, ...more }));
  noteSteps(world, 'start', done.steps);
  if (fault?.kind === 'killed' && done.isMet) {
    await dispose(done.result);
    await machine.comeBack();
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
  await settle(world, bot, done.result);
  return null;
}

/** What runs now is what should run, and is known by its names from now on. */
async function settle(world: World, bot: Bot, running: RunningBot): Promise<void> {
  const { right } = bot;
  [bot.right, bot.isLost] = [null, false];
  const shown = `“${(await running.titles()).join(' ')}”`;
  world.told.push(`  it runs, with ${shown} (right: ${right?.kind ?? 'what was there'})`);
  if (right?.kind === 'ask') assertRight(false, () => `${bot.name} began with ${shown}, which nobody could know`);
  if (right?.kind === 'state') {
    bot.story = right.story;
    goBack(right.story, right.state);
    count(world, 'restored to an empty volume');
  }
  if (right?.kind === 'empty') {
    bot.story = begin(bot.name, bot.application);
    await running.ask();
  }
  const { story, target } = bot;
  if (story === null) throw new Error('It has no story.');
  const identity = await running.identity();
  if (identity === null) throw new Error('It has no identity.');
  const id = identity.timeline;
  // A cut leaves what was there before, or what was restored: which, the timeline says, and all of it has to be there. An
  // older volume, whose own timeline is remembered nowhere any more, may go on with it.
  if (target !== null && world.timelines.get(id)?.episode !== story.head.episode) {
    goBack(story, target);
    world.timelines.delete(id);
  }
  await assertContent(bot);
  story.installationId = identity.installationId;
  const known = world.timelines.get(id);
  const isKnown = known === undefined || (known.story === story && known.episode === story.head.episode);
  assertRight(isKnown, () => `${bot.name} goes on with a timeline that is another one`);
  world.timelines.set(id, { story, episode: story.head.episode });
}

export async function assertContent({ name, running, story, mayForget }: Bot): Promise<void> {
  if (running === null || story === null) return;
  const expected = [...story.head.documents].sort().join(' ');
  const found = (await running.titles()).join(' ');
  assertRight(found === expected, () => `${name} has “${found}” instead of “${expected}”`);
  const questions = await running.questions();
  assertRight(questions === 1 || mayForget, () => `${name} knows of ${questions} questions, and one was asked`);
}

export async function stop(world: World, bot: Bot, fault: Fault | null): Promise<void> {
  const { running } = bot;
  bot.running = null;
  if (running === null) return;
  const done = await world.machine.during(fault, bot.folders, async () => running[Symbol.asyncDispose]());
  noteSteps(world, 'stop', done.steps);
  if (done.isMet && fault?.kind === 'killed') await world.machine.comeBack();
  else if (done.error !== null && !done.isMet) throw done.error;
}

/** The power goes, now or as it has. */
export async function kill(world: World, bot: Bot): Promise<void> {
  world.machine.goOff(bot.folders);
  await dispose(bot.running);
  bot.running = null;
  await world.machine.comeBack();
  count(world, 'killed');
}

async function dispose(running: AsyncDisposable | null): Promise<void> {
  try {
    await running?.[Symbol.asyncDispose]();
  } catch {
    // It says so, and is gone all the same.
  }
}

export function noteSteps({ machine: { mostSteps } }: World, what: string, steps: number): void {
  mostSteps.set(what, Math.max(steps, mostSteps.get(what) ?? 1));
}

/** None, mostly; otherwise at any step of such work. */
export function faultIn(world: World, what: string): Fault | null {
  const { random, machine } = world;
  const [isFault, kind, share] = [random() < 0.3, pick(world, machine.faults), random()] as const;
  return isFault ? { kind, step: 1 + Math.floor(share * (machine.mostSteps.get(what) ?? 30)) } : null;
}

export function pick<T>({ random }: World, all: readonly T[]): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
}
