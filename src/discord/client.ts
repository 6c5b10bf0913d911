import {
  Client,
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayIntentBits,
  Options,
  Partials,
  REST,
  type ClientApplication,
} from 'discord.js';
import { GatewayCloseCodes, TeamMemberMembershipState, TeamMemberRole } from 'discord-api-types/v10';
import { AppError, type ErrorCode } from '../errors.ts';
import type { PartState, PartStatus } from '../health/ports.ts';
import type { Log } from '../log.ts';

export interface ClientOptions {
  readonly token: string;
  /** Another place than Discord itself: the playground. */
  readonly api: string | null;
  readonly messageContent: boolean;
  readonly log: Log;
}

/** How the connection is doing, in words for operators. */
export interface Connection {
  state: PartState;
  detail: string;
  words?: PartStatus['words'];
  /** Known where Discord has said it for good. */
  failure?: NonNullable<PartStatus['failure']> | undefined;
  /** True from the moment we leave: what ends then was not lost. */
  leaving?: boolean;
}

export function createClient({ api, messageContent }: Pick<ClientOptions, 'api' | 'messageContent'>): Client {
  return new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      ...(messageContent ? [GatewayIntentBits.MessageContent] : []),
    ],
    // Without it, discord.js keeps direct messages to itself.
    partials: [Partials.Channel],
    allowedMentions: { parse: [], repliedUser: false },
    // Payloads carry all that we need; what is remembered of people and messages only costs memory.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      GuildMemberManager: { maxSize: 200, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 200, keepOverLimit: (user) => user.id === user.client.user.id },
    }),
    ...(api === null ? {} : { rest: { api, version: '10' } }),
  });
}

/** For answering interactions: that takes no token, and is not counted in the 50 requests a second. */
export function createInteractionRest(api: string | null): REST {
  return new REST({
    version: '10',
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    ...(api === null ? {} : { api }),
  });
}

/**
 * Leaves. A shard of discord.js 14 that is destroyed between two attempts to connect goes on trying for ever; each
 * attempt begins by reading the session, so that one which never comes ends it.
 */
export async function leave(client: Client): Promise<void> {
  const never = new Promise<never>(() => {});
  for (const [id, shard] of client.ws.shards) {
    const leaving = new Proxy(shard, {
      get: (target, key): unknown => (key === 'sessionInfo' ? never : Reflect.get(target, key)),
    });
    client.ws.shards.set(id, leaving);
  }
  await client.destroy();
}

/** Keeps `connection` and the log current with what the gateway does. Returns how it was last closed. */
export function watchConnection(client: Client, connection: Connection, log: Log): () => number | null {
  let closeCode: number | null = null;
  const become = (state: PartState, words: { readonly en: string; readonly ja: string }, code?: ErrorCode) => {
    const failure = code === undefined ? undefined : { code, retryAt: null };
    Object.assign(connection, { state, detail: words.en, words, failure });
  };
  const connected = () => {
    const tag = client.user?.tag ?? 'the bot';
    become('ok', { en: `connected as ${tag}`, ja: `${tag} として接続中` });
  };
  client.on(Events.ClientReady, () => connected());
  client.on(Events.ShardResume, () => connected());
  client.on(Events.ShardReady, () => connected());
  client.on(Events.ShardReconnecting, () => {
    if (connection.leaving === true) return;
    log.info('The connection to Discord was lost; connecting again');
    become('degraded', { en: 'connecting again', ja: '再接続しています' });
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    closeCode = code;
    if (connection.leaving === true) return;
    const words = {
      en: `Discord closed the connection (${code})`,
      ja: `Discord に接続を閉じられました（${code}）`,
    };
    become('down', words, isTokenRefused(code) ? 'config' : undefined);
    log.error('Discord closed the connection for good', { code });
  });
  client.on(Events.Invalidated, () =>
    become('down', {
      en: 'Discord ended the session; restart the bot',
      ja: 'Discord がセッションを終了しました。ボットを再起動してください',
    }),
  );
  client.on(Events.Error, (error) => log.warn('Discord connection error', { error }));
  client.on(Events.ShardError, (error) => log.warn('Discord connection error', { error }));
  client.on(Events.Warn, (message) => log.warn(message));
  return () => closeCode;
}

const isTokenRefused = (closeCode: number | null): boolean => closeCode === GatewayCloseCodes.AuthenticationFailed;

/** Why logging in failed, with what to do about it. */
export function loginFailure(cause: unknown, closeCode: number | null): AppError {
  const portal = 'https://discord.com/developers/applications → your application → Bot';
  const status = cause instanceof DiscordAPIError ? cause.status : null;
  const badToken = cause instanceof DiscordjsError && cause.code === DiscordjsErrorCodes.TokenInvalid;
  if (badToken || status === 401 || isTokenRefused(closeCode)) {
    const words = `Discord does not accept DISCORD_TOKEN. Copy the token again (or reset it) at ${portal} → Token.`;
    return new AppError('config', words, { cause });
  }
  if (closeCode === GatewayCloseCodes.DisallowedIntents) {
    return new AppError(
      'config',
      'MESSAGE_CONTENT_INTENT is true, but the intent is off. Switch on "Message Content Intent" at ' +
        `${portal} → Privileged Gateway Intents, or set MESSAGE_CONTENT_INTENT=false.`,
      { cause },
    );
  }
  if (closeCode === GatewayCloseCodes.ShardingRequired) {
    return new AppError('config', 'Discord demands sharding from 2,500 servers on, which this bot does not do.', {
      cause,
    });
  }
  return new AppError('unavailable', 'Discord could not be reached. Check the network and https://discordstatus.com.', {
    cause,
  });
}

/** Of a team, those who joined it and may change its applications: not who was merely invited, or may only look. */
export function ownerIdsOf(owner: ClientApplication['owner']): string[] {
  if (owner === null) return [];
  if (!('members' in owner)) return [owner.id];
  const owners = owner.members.filter(
    ({ id, membershipState, role }) =>
      membershipState === TeamMemberMembershipState.Accepted &&
      (role !== TeamMemberRole.ReadOnly || id === owner.ownerId),
  );
  return [...owners.keys()];
}
