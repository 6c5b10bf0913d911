import type { GatewayInteractionCreateDispatchData } from 'discord-api-types/v10';
import { permissionsIn } from '../state/access.ts';
import { FILE_LIMIT_BYTES } from '../state/files.ts';
import type { Interaction } from '../state/model.ts';
import { guildOf, personById, type World } from '../state/world.ts';
import { toApiChannel } from './channel.ts';
import { INTERACTION_TYPES, toApiMessage } from './message.ts';
import { toApiUser, toInteractionMember } from './user.ts';

const LOCALES = { en: 'en-US', ja: 'ja' } as const;

/** INTERACTION_CREATE: who, where, with which rights, and what. Null when its channel is gone. */
export function toApiInteraction(
  world: World,
  interaction: Interaction,
  origin: string,
): GatewayInteractionCreateDispatchData | null {
  const channel = world.channels.get(interaction.channelId);
  if (channel === undefined) return null;
  const guild = guildOf(world, channel);
  const person = personById(world, interaction.userId);
  const permissions = permissionsIn(world, channel, person.id);
  const message = interaction.messageId === null ? undefined : channel.messages.get(interaction.messageId);
  return {
    id: interaction.id,
    application_id: world.applicationId,
    type: INTERACTION_TYPES[interaction.kind],
    token: interaction.token,
    version: 1,
    data: interaction.data(origin),
    channel_id: channel.id,
    channel: { ...toApiChannel(world, channel), permissions: permissions.toString() },
    ...(guild === null
      ? { user: toApiUser(person) }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: toInteractionMember(guild, person, permissions),
        }),
    ...(message === undefined ? {} : { message: toApiMessage(world, message, origin) }),
    app_permissions: permissionsIn(world, channel, world.bot.id).toString(),
    locale: LOCALES[interaction.locale],
    entitlements: [],
    authorizing_integration_owners: { '0': guild?.id ?? '0' },
    context: guild === null ? 1 : 0,
    attachment_size_limit: FILE_LIMIT_BYTES,
  } as unknown as GatewayInteractionCreateDispatchData;
}
