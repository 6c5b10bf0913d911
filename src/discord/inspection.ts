import {
  ApplicationFlags,
  Routes,
  type APIApplication,
  type RESTAPIPartialCurrentUserGuild,
  type APIUser,
} from 'discord-api-types/v10';
import { DiscordAPIError, REST } from 'discord.js';
import { counted } from '../counted.ts';
import { fail, ok, warn, type Finding } from '../health/doctor/finding.ts';
import { inviteLink, missingPermissions } from './invite.ts';

export interface InspectionOptions {
  readonly token: string;
  /** Another place than Discord itself; null is Discord. */
  readonly api: string | null;
  readonly messageContent: boolean;
  readonly homeGuildId: string | null;
  readonly clock: () => number;
}

export interface Inspection {
  readonly findings: readonly Finding[];
  /** By how much Discord's clock is ahead of this one, in milliseconds; null when it was not reached. */
  readonly skewMs: number | null;
}

const PORTAL = 'https://discord.com/developers/applications';
const ANSWERS_WITHIN_MS = 10_000;
const PAGE = 200;
/** Discord demands sharding, which the bot does not do, from 2,500 servers on. */
const MOST_PAGES = 13;

/** Asks Discord what it thinks of the bot: token, intents, servers and what is allowed there. Changes nothing. */
export async function inspectDiscord(options: InspectionOptions): Promise<Inspection> {
  const { api } = options;
  const rest = new REST({ version: '10', retries: 0, timeout: ANSWERS_WITHIN_MS, ...(api === null ? {} : { api }) });
  rest.setToken(options.token);
  let skewMs: number | null = null;
  rest.on('response', (_request, response) => {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) skewMs = date - options.clock();
  });
  const findings: Finding[] = [];
  try {
    const self = (await rest.get(Routes.user())) as APIUser;
    findings.push(ok('Discord token', `accepted, as ${self.username}`));
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    findings.push(checkIntents(application, options.messageContent), checkInvitation(application));
    findings.push(...checkServers(await serversOf(rest), application.id, options.homeGuildId));
  } catch (error) {
    findings.push(refusal(error));
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
  return { findings, skewMs };
}

function checkIntents({ flags }: APIApplication, wanted: boolean): Finding {
  const granted =
    (flags & (ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited)) !== 0;
  const remedy = `Switch on "Message Content Intent" at ${PORTAL} → Bot → Privileged Gateway Intents, or set MESSAGE_CONTENT_INTENT=false.`;
  if (wanted && !granted) return fail('intents', 'MESSAGE_CONTENT_INTENT is true, but the intent is off', remedy);
  return ok('intents', wanted ? 'Message Content is on' : 'none of the privileged ones is asked for');
}

function checkInvitation({ id, bot_require_code_grant }: APIApplication): Finding {
  if (bot_require_code_grant) {
    return fail(
      'invite link',
      'it does not work while the application requires an OAuth2 code grant',
      `Switch off "Requires OAuth2 Code Grant" at ${PORTAL} → Bot.`,
    );
  }
  return ok('invite link', inviteLink(id));
}

async function serversOf(rest: REST): Promise<RESTAPIPartialCurrentUserGuild[]> {
  const found: RESTAPIPartialCurrentUserGuild[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    const last = found.at(-1);
    if (last !== undefined) query.set('after', last.id);
    const next = (await rest.get(Routes.userGuilds(), { query })) as RESTAPIPartialCurrentUserGuild[];
    found.push(...next);
    if (next.length < PAGE) break;
  }
  return found;
}

function checkServers(
  servers: readonly RESTAPIPartialCurrentUserGuild[],
  applicationId: string,
  home: string | null,
): Finding[] {
  const link = inviteLink(applicationId);
  if (servers.length === 0) return [warn('servers', 'the bot is in none', `Invite it: ${link}`)];
  const poor = servers.flatMap(({ name, permissions }): Finding[] => {
    const missing = missingPermissions(BigInt(permissions));
    if (missing.length === 0) return [];
    const remedy = `Open the invite link again, or allow them to the bot's role in Server Settings → Roles: ${link}`;
    return [warn(`permissions in ${name}`, `missing: ${missing.join(', ')}`, remedy)];
  });
  return [checkHome(servers, home), ...(poor.length === 0 ? [ok('permissions', 'complete in every server')] : poor)];
}

function checkHome(servers: readonly RESTAPIPartialCurrentUserGuild[], home: string | null): Finding {
  const count = counted(servers.length, 'server');
  if (home !== null && !servers.some(({ id }) => id === home)) {
    return fail(
      'servers',
      `the bot is in ${count}, but not in the home server ${home}`,
      'Invite it there, run /settings home in another server, or change HOME_GUILD_ID.',
    );
  }
  if (home === null && servers.length > 1) {
    return warn(
      'servers',
      `the bot is in ${count}, and none is home`,
      'Run /settings home in the right server, or set HOME_GUILD_ID: the moderators of the home server are operators.',
    );
  }
  return ok('servers', count);
}

function refusal(error: unknown): Finding {
  if (error instanceof DiscordAPIError && error.status === 401) {
    return fail(
      'Discord token',
      'Discord does not accept DISCORD_TOKEN',
      `Copy the token again, or reset it, at ${PORTAL} → your application → Bot → Token.`,
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return fail('Discord', `it did not answer as expected: ${why}`, 'Check the network, and https://discordstatus.com.');
}
