import { DiscordAPIError, RateLimitError, REST } from 'discord.js';
import { RESTJSONErrorCodes, Routes, type APIChannel, type APIGuild } from 'discord-api-types/v10';
import { AppError, type Locale } from '../errors.ts';
import { alertEmbed, urgencyOf, type AlertMessage } from '../health/alert-model.ts';
import type { AlertSink } from '../health/alert-ports.ts';
import { localeOf } from './interaction.ts';
import { worded } from './writing.ts';

export interface AlertChannelOptions {
  readonly token: string;
  /** Another place than Discord itself: the playground's REST address. */
  readonly api: string | null;
  readonly channelId: string;
  /** Mentioned when something critical begins, and never otherwise. */
  readonly roleId: string | null;
  /** Null: the language of the channel's server. */
  readonly locale: Locale | null;
}

/** Alerts in a channel of Discord's, whether or not the gateway is connected. */
export function createAlertChannel({ token, api, channelId, roleId, locale }: AlertChannelOptions): AlertSink {
  const rest = new REST({
    version: '10',
    retries: 0, // who sends tries again, at intervals that fit an alert
    rejectOnRateLimit: () => true,
    ...(api === null ? {} : { api }),
  }).setToken(token);
  let known: Promise<Locale> | null = locale === null ? null : Promise.resolve(locale);

  async function ofServer(signal: AbortSignal): Promise<Locale> {
    const channel = (await rest.get(Routes.channel(channelId), { signal })) as APIChannel;
    const guildId = 'guild_id' in channel ? channel.guild_id : undefined;
    if (guildId === undefined) return 'en';
    const guild = (await rest.get(Routes.guild(guildId), { signal })) as APIGuild;
    return localeOf(guild.preferred_locale);
  }

  async function languageOf(signal: AbortSignal): Promise<Locale> {
    known ??= ofServer(signal);
    return known.catch((): Locale => {
      known = null; // what is wrong is wrong with sending, too
      return 'en';
    });
  }

  return {
    name: 'discord',
    label: `Discord channel ${channelId}`,
    async send(message, signal) {
      const embed = alertEmbed(message, await languageOf(signal));
      const called = roleId !== null && calls(message) ? [roleId] : [];
      try {
        await rest.post(Routes.channelMessages(channelId), {
          body: {
            content: called.map((id) => `<@&${id}>`).join(''),
            embeds: [{ ...embed, description: worded(embed.description) }],
            allowed_mentions: { parse: [], roles: called },
          },
          signal,
        });
      } catch (error) {
        throw translated(error);
      }
    },
  };
}

/** Once, when it begins or gets worse: a reminder calls nobody. */
const calls = (message: AlertMessage): boolean =>
  urgencyOf(message) === 'critical' &&
  message.events.some(({ state, severity }) => severity === 'critical' && (state === 'open' || state === 'worse'));

function translated(error: unknown): AppError {
  if (error instanceof RateLimitError) {
    return new AppError('limit', 'Discord takes no more messages for a while.', { retryAfterMs: error.retryAfter });
  }
  const status = error instanceof DiscordAPIError ? error.status : null;
  if (status === 401) return new AppError('config', 'Discord does not accept DISCORD_TOKEN.');
  // Without the permission for embeds, Discord drops them, and finds the message empty.
  const isEmpty = error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.CannotSendAnEmptyMessage;
  if (status === 403 || isEmpty) {
    const words =
      'I may not write in the channel of ALERT_CHANNEL_ID. Allow me View Channel, Send Messages and Embed Links there.';
    return new AppError('forbidden', words);
  }
  if (status === 404) {
    return new AppError('not_found', 'There is no channel with the id in ALERT_CHANNEL_ID that I can see.');
  }
  if (status !== null && status < 500) return new AppError('invalid', `Discord refused the message (${status}).`);
  return new AppError('unavailable', 'Discord cannot be reached.');
}
