import type { APIGuildMember, APIInteractionGuildMember, APIRole, APIUser } from 'discord-api-types/v10';
import type { Guild, Person, Role } from '../state/model.ts';

const NO_FLAGS: number = 0;

export function toApiUser(person: Person): APIUser {
  return {
    id: person.id,
    username: person.username,
    discriminator: person.bot ? '0001' : '0',
    global_name: person.bot ? null : person.displayName,
    avatar: null,
    ...(person.bot ? { bot: true } : {}),
  };
}

export function toApiMember(guild: Guild, person: Person): APIGuildMember {
  return { user: toApiUser(person), ...memberParts(guild, person.id) };
}

/** A member without its user, as messages carry it. */
export function memberParts(guild: Guild, userId: string): Omit<APIGuildMember, 'user'> {
  return {
    nick: null,
    avatar: null,
    banner: null,
    roles: [...(guild.memberRoles.get(userId) ?? [])],
    joined_at: new Date(guild.createdAtMs).toISOString(),
    premium_since: null,
    deaf: false,
    mute: false,
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum has no name for none
    flags: NO_FLAGS,
    pending: false,
    communication_disabled_until: null,
  };
}

export function toInteractionMember(guild: Guild, person: Person, permissions: bigint): APIInteractionGuildMember {
  return { ...toApiMember(guild, person), permissions: permissions.toString() };
}

export function toApiRole(role: Role, botId: string): APIRole {
  return {
    id: role.id,
    name: role.name,
    color: role.color,
    colors: { primary_color: role.color, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: role.position,
    permissions: role.permissions.toString(),
    managed: role.managed,
    mentionable: false,
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum has no name for none
    flags: NO_FLAGS,
    ...(role.managed ? { tags: { bot_id: botId } } : {}),
  };
}
