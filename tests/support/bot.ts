import { dirname } from 'node:path';
import type { TestContext } from 'node:test';
import { commands } from '../../commands/index.ts';
import { createPeopleDesk } from '../../src/app/people.ts';
import { createTombstones } from '../../src/app/tombstones.ts';
import { later } from '../../src/backup/later.ts';
import { parseConfig } from '../../src/config.ts';
import type { HomeRecord, HomeStore } from '../../src/discord/home-server.ts';
import type { Alerts } from '../../src/health/ports.ts';
import { openDiscord, type Discord, type DiscordOptions } from '../../src/discord/open-discord.ts';
import { recordingLog, type Logged } from './fake-discord.ts';
import type { TestDiscord } from './playground.ts';
import { createQuietAlerting } from './quiet-alerting.ts';
import { createScriptedAnswers, type ScriptedAnswers } from './fake-answers.ts';
import { createScriptedOffSite } from './fake-off-site.ts';
import { createScriptedBackups, type ScriptedBackups } from './fake-backups.ts';
import { scriptedRecords } from './fake-records.ts';
import { assemble } from './knowledge-parts.ts';
import { tempStore } from './temp-store.ts';

export interface TestBot {
  readonly discord: Discord;
  readonly answers: ScriptedAnswers;
  readonly script: ScriptedBackups;
  /** What operators see as open; nobody is told of it. */
  readonly alerts: Alerts;
  readonly lines: Logged[];
  /** Leaves; the test's end does it, too. */
  close(): Promise<void>;
}

function createMemoryHome(): HomeStore {
  let record: HomeRecord | null = null;
  return {
    read: () => record,
    async save(given) {
      record = given;
    },
  };
}

/** The real Discord side with scripted answers, and a real library behind it in which nothing is. */
export async function openTestBot(
  t: TestContext,
  there: TestDiscord,
  more: Partial<Omit<DiscordOptions, 'limits' | 'answers' | 'backups' | 'schedule'>> & {
    limits?: Partial<DiscordOptions['limits']>;
    answers?: ScriptedAnswers;
    script?: ScriptedBackups;
    /** A knowledge base in place of the script. */
    knowledge?: Pick<DiscordOptions, 'library' | 'answers' | 'settings'>;
  } = {},
): Promise<TestBot> {
  const { script = createScriptedBackups(), ...options } = more;
  const answers = more.answers ?? createScriptedAnswers();
  const { log, lines } = recordingLog();
  const alerts = createQuietAlerting();
  const { store, file } = tempStore(t);
  const { library } = assemble(store);
  const tombstones = createTombstones(parseConfig({ DATABASE_URL: file, DATA_DIR: dirname(file) }), log);
  const discord = await openDiscord({
    token: there.token,
    api: there.restApi,
    commands,
    library,
    settings: store.settings,
    health: {
      status: () => ({
        version: '0.0.0',
        startedAt: 0,
        parts: [{ name: 'sqlite', state: 'ok', detail: 'fine' }],
        totals: { guilds: 1, documents: 0, chunks: 0 },
        freeBytes: 1_900_000_000,
        volumeBytes: 5_000_000_000,
        folders: [],
      }),
    },
    audit: (event) => log.info('audit', event),
    records: scriptedRecords,
    insights: store.insights,
    people: createPeopleDesk(
      { historyDays: null },
      {
        store: () => store.people,
        tombstones,
        trail: scriptedRecords.trail,
        onForgotten: () => undefined,
        backups: () => ({ days: 7, afterChanges: false, onGithub: false }),
        clock: Date.now,
        log,
      },
    ),
    homeGuildId: there.guildId,
    homeStore: createMemoryHome(),
    moderatorRoleIds: [],
    operatorUserIds: [],
    messageContent: true,
    offSite: createScriptedOffSite().offSite,
    log,
    clock: Date.now,
    random: Math.random,
    later,
    editIntervalMs: 20,
    finishMs: 0,
    ...options,
    backups: script.backups,
    integrity: { history: () => script.looks },
    alerts: more.alerts ?? alerts,
    schedule: script.schedule,
    answers,
    ...more.knowledge,
    limits: {
      userQuestions: { questions: 1000, windowMs: 60_000 },
      guildQuestions: { questions: 1000, windowMs: 60_000 },
      questionsAtOnce: 4,
      questionsWaiting: 500,
      attachmentBytes: 10_000_000,
      deadlineMs: 60_000,
      ...more.limits,
    },
  });
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= discord.close());
  t.after(close);
  return { discord, answers, script, alerts, lines, close };
}
