import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { counted } from '../counted.ts';
import { openApp, type App } from '../app.ts';
import type { BackupKind } from '../backup/model.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { ended } from './first-lesson.ts';
import { EXAMPLE_DAYS, type ExampleQuestion } from './example-questions.ts';
import { silentLog, type Log } from '../log.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Where it runs is told by the start that follows. */
const anywhere = { mounts: null, hasContainerFile: false, cgroup: '' };

export interface ExampleOptions {
  readonly log: Log;
  readonly signal?: AbortSignal;
  readonly days?: typeof EXAMPLE_DAYS;
}

/**
 * Lets a playground begin with two weeks behind it, once: people who ask and vote, a document that is taught, backups that
 * are made, verified, kept by the rules and drilled. All of it goes through the bot itself; only the clock is set back.
 */
export async function prepareExamples(
  config: Config,
  { log, signal, days = EXAMPLE_DAYS }: ExampleOptions,
): Promise<void> {
  const { directory } = config.storage;
  if (existsSync(config.database.file)) return;
  log.info(
    'Preparing examples for the playground, two weeks of questions and backups. This takes one to five minutes, by machine.',
  );
  await mkdir(config.vaults.folder?.directory ?? directory, { recursive: true });
  try {
    await live(config, days, { log, signal });
  } catch (error) {
    // Half of it would be taken for all of it the next time.
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function live(
  config: Config,
  days: typeof EXAMPLE_DAYS,
  { log, signal }: Pick<ExampleOptions, 'log' | 'signal'>,
): Promise<void> {
  const { backup } = config;
  const schedule = { ...backup.schedule, enabled: false, afterChanges: false };
  let behindMs = days.length * DAY_MS;
  const app = await openApp(
    { ...config, port: 0, backup: { ...backup, schedule } },
    {
      log: silentLog,
      clock: () => Date.now() - behindMs,
      machine: anywhere,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  try {
    const people = peopleOf(app);
    for (const [day, questions] of days.entries()) {
      if (signal?.aborted === true) throw new AppError('aborted', 'The examples were not finished.');
      const name = await backUp(app, 'scheduled', null);
      if (day === 1) await app.backups.pin(name, true);
      const tonight = behindMs - DAY_MS;
      for (const question of questions) {
        behindMs -= 2 * HOUR_MS;
        await ask(app, people, question);
      }
      behindMs = Math.max(tonight, 4 * HOUR_MS);
      log.info(`Examples: ${day + 1} of ${counted(days.length, 'day')} done`);
    }
    behindMs = 3 * HOUR_MS;
    const name = await backUp(app, 'manual', 'before the clean-up');
    await app.backups.verify(name, { drill: true });
    behindMs = HOUR_MS;
    await teach(app, people);
    behindMs = 20 * MINUTE_MS;
    await backUp(app, 'scheduled', null);
  } finally {
    await app[Symbol.asyncDispose]();
  }
}

interface People {
  readonly guildId: string;
  readonly memberId: string;
  readonly moderatorId: string;
}

function peopleOf({ playground }: App): People {
  if (playground === null) throw new AppError('internal', 'Examples are for the playground alone.');
  const { personas, guilds } = playground.world;
  const [guildId = ''] = guilds.keys();
  return { guildId, memberId: personas.member.id, moderatorId: personas.moderator.id };
}

async function backUp({ backups }: App, kind: BackupKind, reason: string | null): Promise<string> {
  const by = kind === 'manual' ? { id: 'operator', name: 'Olivia' } : { id: 'schedule', name: 'schedule' };
  const { entry } = await backups.create({ kind, reason, by });
  return entry.name;
}

async function ask({ knowledge }: App, { guildId, memberId }: People, example: ExampleQuestion): Promise<void> {
  const { question, locale, vote } = example;
  const { answers } = knowledge;
  const events = answers.ask({ guildId, channelId: 'examples', userId: memberId, question, locale, conversation: [] });
  for await (const event of events)
    if (event.kind === 'final' && vote !== undefined) answers.vote(guildId, event.answer.questionId, memberId, vote);
}

async function teach({ knowledge: { library } }: App, { guildId, moderatorId }: People): Promise<void> {
  const content = Buffer.from('# Rules 2026\n\nBe kind. No spoilers outside of #spoilers. Appeals go to Morgan.\n');
  const { job } = library.add({ guildId, title: 'Rules 2026', name: 'rules-2026.md', content, addedBy: moderatorId });
  if (job !== null) await ended(library, job.id);
}
