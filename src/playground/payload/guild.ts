import type { APIGuild, GatewayGuildCreateDispatchData } from 'discord-api-types/v10';
import type { Guild } from '../state/model.ts';
import type { World } from '../state/world.ts';
import { toApiChannel } from './channel.ts';
import { toApiMember, toApiRole } from './user.ts';

export function toApiGuild(world: World, guild: Guild): APIGuild {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    owner_id: guild.ownerId,
    region: 'local',
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    roles: guild.roles.map((role) => toApiRole(role, world.bot.id)),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    max_members: 500_000,
    vanity_url_code: null,
    premium_tier: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    nsfw_level: 0,
    hub_type: null,
    incidents_data: null,
  } as unknown as APIGuild;
}

/** What GUILD_CREATE carries. Without the privileged intent for members, the bot sees itself alone. */
export function toGuildCreate(world: World, guild: Guild, allMembers: boolean): GatewayGuildCreateDispatchData {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  const members = [...guild.memberRoles.keys()].flatMap((id) => world.people.get(id) ?? []);
  return {
    ...toApiGuild(world, guild),
    joined_at: new Date(guild.createdAtMs).toISOString(),
    large: false,
    unavailable: false,
    member_count: members.length,
    voice_states: [],
    members: members.filter(({ bot }) => bot || allMembers).map((person) => toApiMember(guild, person)),
    channels: channels.filter(({ kind }) => kind === 'text').map((channel) => toApiChannel(world, channel)),
    threads: channels
      .filter(({ kind, archived }) => kind === 'thread' && !archived)
      .map((channel) => toApiChannel(world, channel)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  } as unknown as GatewayGuildCreateDispatchData;
}
