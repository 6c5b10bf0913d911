import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import type { Channel, Guild } from './model.ts';

const ALL = Object.values(P).reduce((sum, bit) => sum | bit, 0n);

/** What Discord gives everyone in a new server. */
export const EVERYONE_PERMISSIONS =
  P.ViewChannel |
  P.SendMessages |
  P.SendMessagesInThreads |
  P.CreatePublicThreads |
  P.EmbedLinks |
  P.AttachFiles |
  P.AddReactions |
  P.UseExternalEmojis |
  P.MentionEveryone |
  P.ReadMessageHistory |
  P.ChangeNickname |
  P.UseApplicationCommands;

export const MODERATOR_PERMISSIONS =
  P.ManageGuild | P.ManageMessages | P.ManageThreads | P.KickMembers | P.ModerateMembers;

/** A member's permissions in a guild, as Discord computes them: the owner and administrators have all. */
export function guildPermissions(guild: Guild, userId: string): bigint {
  if (guild.ownerId === userId) return ALL;
  const roleIds = guild.memberRoles.get(userId);
  if (roleIds === undefined) return 0n;
  const base = guild.roles
    .filter((role) => role.id === guild.id || roleIds.includes(role.id))
    .reduce((sum, role) => sum | role.permissions, 0n);
  return (base & P.Administrator) === 0n ? base : ALL;
}

/** The same in a channel: overwrites of everyone, then of the roles, then of the member. `channel` is never a thread. */
export function channelPermissions(guild: Guild, channel: Channel, userId: string): bigint {
  const base = guildPermissions(guild, userId);
  if (base === ALL) return ALL;
  const roleIds = guild.memberRoles.get(userId) ?? [];
  const apply = (permissions: bigint, matching: (id: string) => boolean): bigint => {
    const overwrites = channel.overwrites.filter((overwrite) => matching(overwrite.id));
    const deny = overwrites.reduce((sum, overwrite) => sum | overwrite.deny, 0n);
    const allow = overwrites.reduce((sum, overwrite) => sum | overwrite.allow, 0n);
    return (permissions & ~deny) | allow;
  };
  const ofEveryone = apply(base, (id) => id === guild.id);
  const ofRoles = apply(ofEveryone, (id) => id !== guild.id && roleIds.includes(id));
  const result = apply(ofRoles, (id) => id === userId);
  return (result & P.ViewChannel) === 0n ? 0n : result;
}
