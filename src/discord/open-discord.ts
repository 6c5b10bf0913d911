import { randomBytes } from 'node:crypto';
import { Events, type Client, type Interaction, type Message } from 'discord.js';
import type { BackupManager, BackupSchedule } from '../backup/api.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import { AppError } from '../errors.ts';
import type { Audit } from '../health/audit-model.ts';
import type { IntegrityWatch } from '../health/integrity/model.ts';
import type { AlertDesk } from '../health/alert-ports.ts';
import type { Alerts, PartStatus, StatusSource } from '../health/ports.ts';
import type { Records } from '../health/records-ports.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { People } from '../knowledge/people-api.ts';
import type { Clock, SettingsStore } from '../knowledge/ports.ts';
import type { Insights } from '../knowledge/store-ports.ts';
import type { Log } from '../log.ts';
import { createAccess } from './access.ts';
import { createAllowance, type Quota } from './allowance.ts';
import {
  createClient,
  createInteractionRest,
  leave,
  loginFailure,
  ownerIdsOf,
  watchConnection,
  type Connection,
} from './client.ts';
import type { Command, Services } from './command.ts';
import { createConfirmations } from './confirmations.ts';
import { createConversation } from './conversation.ts';
import { createDispatch } from './dispatch.ts';
import { createDownload, DISCORD_FILES } from './downloads.ts';
import { createHomeServer, type HomeStore } from './home-server.ts';
import { localeOf, readInteraction } from './interaction.ts';
import { inviteLink } from './invite.ts';
import { lastingPlace } from './lasting-place.ts';
import { createLine } from './line.ts';
import { isDirect, languageOf, readMessage } from './mention.ts';
import { createNotices } from './notices.ts';
import { createOutbox } from './outbox.ts';
import { createPriority } from './priority.ts';
import { createProgress } from './progress.ts';
import { guildOnlyView } from './refusals.ts';
import { reachDiscord } from './reach.ts';
import { parseReplyAddress, replyKindOf } from './reply-address.ts';
import { createRegistration } from './registration.ts';
import { createTrouble } from './trouble.ts';
import { createWork } from './work.ts';

export interface DiscordOptions {
  readonly token: string;
  /** Another place than Discord itself: the playground's REST address, such as `http://127.0.0.1:3000/api`. */
  readonly api?: string | null;
  readonly commands: readonly Command[];
  readonly library: Library;
  readonly answers: Answers;
  readonly backups: BackupManager;
  readonly offSite: OffSite;
  readonly schedule: BackupSchedule;
  readonly integrity: Pick<IntegrityWatch, 'history'>;
  readonly alerts: AlertDesk & Pick<Alerts, 'settle' | 'announce'>;
  readonly audit: Audit;
  readonly records: Records;
  readonly people: People;
  readonly settings: SettingsStore;
  readonly insights: Insights;
  readonly health: StatusSource;
  /** What the setting says; null leaves it to the store and to operators. */
  readonly homeGuildId: string | null;
  readonly homeStore: HomeStore;
  readonly moderatorRoleIds: readonly string[];
  readonly operatorUserIds: readonly string[];
  readonly messageContent: boolean;
  /**
   * Its personas are a member, a moderator and an operator, so no server becomes home by itself, whose moderators would be
   * operators. Nobody can be invited there, and how the bot gets along with it is no news.
   */
  readonly isPlayground?: boolean;
  readonly limits: {
    readonly userQuestions: Quota;
    readonly guildQuestions: Quota;
    /** Questions that are worked on at the same time, and those that may wait. */
    readonly questionsAtOnce: number;
    readonly questionsWaiting: number;
    readonly attachmentBytes: number;
    /** Time for one command or answer, the wait in the line not counted. */
    readonly deadlineMs: number;
  };
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  /** Calls once, after a while, without keeping the process alive; returns the way to stop. */
  readonly later: (delayMs: number, run: () => void) => () => void;
  /** Discord accepts about five edits in five seconds. */
  readonly editIntervalMs?: number;
  /** Aborted when the bot is to stop, be it before it is connected. */
  readonly signal?: AbortSignal;
  /** How long answers under way may take when the bot leaves. */
  readonly finishMs?: number;
}

export interface Discord {
  status(): PartStatus;
  /** Null while no server is home. */
  homeGuildId(): string | null;
  /** Tells everybody whose work is under way, and leaves. */
  close(): Promise<void>;
}

const LOGIN_TIMEOUT_MS = 60_000;
/** Whoever stops the process waits ten seconds; the rest is for Chroma and the database. */
export const FINISH_MS = 8_000;
const TELL_MS = 1_000;

/**
 * Waits for a Discord that cannot be reached.
 * @throws AppError `config`: token or intents are wrong, with the remedy; `unavailable`: it lets nobody in; `aborted`
 */
export async function openDiscord(options: DiscordOptions): Promise<Discord> {
  const { log, clock, limits, commands, library, answers, settings, isPlayground = false } = options;
  const news: Log = isPlayground ? { ...log, info: (message, details) => log.debug(message, details) } : log;
  const api = options.api ?? null;
  const client = createClient({ api, messageContent: options.messageContent });
  const connection: Connection = {
    state: 'starting',
    detail: 'connecting',
    words: { en: 'connecting', ja: '接続しています' },
  };
  const closeCode = watchConnection(client, connection, log);
  await using opening = new AsyncDisposableStack();
  opening.defer(() => {
    connection.leaving = true;
    return leave(client);
  });
  const owners: string[] = [];
  const { home, ...homeServer } = createHomeServer({
    configured: options.homeGuildId,
    adopts: !isPlayground,
    store: options.homeStore,
    alerts: options.alerts,
    servers: () => [...client.guilds.cache.values()].map(({ id, name }) => ({ id, name: name ?? id })),
    onMove: () => registerCommands(),
    log,
  });
  const levelOf = createAccess({ ...options, ownerIds: () => owners, homeGuildId: () => home.guildId() });

  const outbox = createOutbox(client.rest, createInteractionRest(api));
  const intervalMs = options.editIntervalMs ?? 1000;
  const progress = createProgress({ library, outbox, intervalMs, clock, log });
  const trouble = createTrouble({ log, random: options.random, clock });
  const work = createWork(
    { deadlineMs: limits.deadlineMs, editIntervalMs: intervalMs, quietWaitMs: intervalMs },
    { trouble, log },
  );
  const allowance = createAllowance({ user: limits.userQuestions, guild: limits.guildQuestions });
  const notices = createNotices(limits.userQuestions.windowMs);
  const line = createLine({ atOnce: limits.questionsAtOnce, waiting: limits.questionsWaiting });
  const download = createDownload({
    origins: api === null ? DISCORD_FILES : [new URL(api).origin],
    limitBytes: limits.attachmentBytes,
    timeoutMs: 60_000,
  });
  const confirmations = opening.use(
    createConfirmations({
      clock,
      randomId: () => randomBytes(9).toString('base64url'),
      later: options.later,
      edit(replyTo, view) {
        const address = parseReplyAddress(replyTo);
        if (address === null) return;
        const told = lastingPlace({ outbox, clock }, address, replyKindOf(address)).edit(view);
        told.catch((error: unknown) => log.debug('That a question has expired could not be shown', { error }));
      },
    }),
  );
  const services: Services = {
    ...options,
    download,
    progress,
    home,
    confirmations,
  };
  const priority = createPriority({ atOnce: 48, patienceMs: 500 });
  const dispatch = createDispatch({ services, outbox, allowance, line, work, priority, trouble, log });
  const converse = createConversation({ answers, library, outbox, allowance, line, work, trouble, notices, log });
  const register = createRegistration({
    rest: client.rest,
    settings,
    commands,
    hidden: {
      moderator: options.moderatorRoleIds.length === 0 && options.operatorUserIds.length === 0,
      operator: options.moderatorRoleIds.length === 0 && options.operatorUserIds.length === 0,
    },
    log: news,
  });
  const defect = (error: unknown) => log.error('A defect in the Discord side', { error });

  async function serve(interaction: Interaction): Promise<void> {
    const incoming = readInteraction(interaction, levelOf);
    // In direct messages there is no server whose knowledge could answer.
    if (incoming === null) await outbox.tell(interaction, guildOnlyView(localeOf(interaction.locale)));
    else await dispatch(incoming);
  }

  async function hear(message: Message): Promise<void> {
    if (isDirect(message)) {
      const locale = languageOf(message.content) ?? 'en';
      if (!(await notices.isDue(message.author.id, `direct, ${locale}`))) return;
      const view = guildOnlyView(locale);
      const told = outbox.replyTo(message.channelId, message.id, view, 'notice');
      return void (await told.catch((error: unknown) => log.debug('Not told', { error })));
    }
    const spoken = readMessage(message, { answers, levelOf });
    if (spoken !== null) await converse(spoken);
  }

  // A database that fails while they look into it must not end the process, as what a listener throws does.
  client.on(Events.InteractionCreate, (interaction) => void serve(interaction).catch(defect));
  client.on(Events.MessageCreate, (message) => void hear(message).catch(defect));

  const ready = Promise.withResolvers<Client<true>>();
  client.once(Events.ClientReady, ready.resolve);
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => ready.reject(new AppError('aborted', 'Asked to stop while connecting to Discord.'));
  const { signal = new AbortController().signal } = options;
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    await Promise.race([reachDiscord({ rest: client.rest, firstWaitMs: intervalMs, log, signal }), ready.promise]);
    timer = setTimeout(
      () => ready.reject(new Error(`Discord was not ready after ${LOGIN_TIMEOUT_MS / 1000} s`)),
      LOGIN_TIMEOUT_MS,
    );
    await Promise.race([client.login(options.token).then(() => ready.promise), ready.promise]);
    owners.push(...ownerIdsOf((await client.application?.fetch())?.owner ?? null));
  } catch (error) {
    await opening.disposeAsync(); // which may bring the code
    throw error instanceof AppError ? error : loginFailure(error, closeCode());
  } finally {
    clearTimeout(timer);
  }
  const applicationId = client.application?.id ?? '';
  let registering = Promise.resolve();
  function registerCommands(): Promise<void> {
    // Those that are there go on working, so this is no reason to stop.
    registering = registering
      .then(() => register(applicationId, home.guildId(), [...client.guilds.cache.keys()]))
      .catch((error: unknown) => log.error('Commands could not be uploaded; a restart tries again', { error }));
    return registering;
  }
  let homing = homeServer.begin(applicationId);
  const andThen = (change: () => Promise<void> | void) => (homing = homing.then(change).catch(defect));
  client.on(Events.GuildCreate, () => void andThen(homeServer.joined).then(registerCommands));
  client.on(Events.GuildDelete, () => void andThen(homeServer.left));
  await homing;
  await registerCommands();
  if (!isPlayground && applicationId !== '') {
    log.info(`To add the bot to a server, open ${inviteLink(applicationId)}`);
  }
  news.info('Connected to Discord', { as: client.user?.tag, guilds: client.guilds.cache.size });
  const resumed = progress.resume();
  if (resumed > 0) log.info('Telling of the progress of jobs from before the restart', { jobs: resumed });

  const opened = opening.move();
  return {
    status: () => ({ name: 'discord', ...connection }),
    homeGuildId: () => home.guildId(),
    async close() {
      client.removeAllListeners(Events.InteractionCreate);
      client.removeAllListeners(Events.MessageCreate);
      progress.close();
      await work.close({ finishMs: options.finishMs ?? FINISH_MS, tellMs: TELL_MS });
      await homing;
      await registering;
      await opened.disposeAsync();
      Object.assign(connection, { state: 'down', detail: 'closed', words: { en: 'closed', ja: '切断済み' } });
    },
  };
}
