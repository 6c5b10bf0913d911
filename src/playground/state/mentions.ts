import { PermissionFlagsBits as P } from 'discord-api-types/v10';
import type { APIAllowedMentions } from 'discord-api-types/v10';
import type { Channel, Pings } from './model.ts';
import { permissionsIn } from './access.ts';
import { guildOf, type World } from './world.ts';

export const NO_PINGS: Pings = { everyone: false, userIds: [], roleIds: [] };

/** The people and roles that a text names. */
export function namesIn(world: World, content: string): { userIds: string[]; roleIds: string[]; everyone: boolean } {
  const text = content.replace(/```[\s\S]*?```|`[^`\n]+`/g, '');
  const ids = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const roles = new Set([...world.guilds.values()].flatMap((guild) => guild.roles.map((role) => role.id)));
  return {
    userIds: ids(/<@!?(\d{5,20})>/g).filter((id) => world.people.has(id)),
    roleIds: ids(/<@&(\d{5,20})>/g).filter((id) => roles.has(id)),
    everyone: /@(everyone|here)\b/.test(text),
  };
}

/** Whom a message notifies: those it names, cut down by allowed_mentions and by the author's permission. */
export function resolvePings(
  world: World,
  channel: Channel,
  message: { readonly authorId: string; readonly content: string; readonly repliedUserId: string | null },
  allowed: APIAllowedMentions | undefined,
): Pings {
  const named = namesIn(world, message.content);
  const parse: readonly string[] = allowed === undefined ? ['users', 'roles', 'everyone'] : (allowed.parse ?? []);
  const pass = (kind: string, list: readonly string[] | undefined) => (id: string) =>
    parse.includes(kind) || (list?.includes(id) ?? false);
  const mayPingAll = (permissionsIn(world, channel, message.authorId) & P.MentionEveryone) !== 0n;
  const guild = guildOf(world, channel);
  const isHere = (id: string): boolean =>
    guild === null ? id === channel.recipientId || id === world.bot.id : guild.memberRoles.has(id);
  const userIds = new Set(named.userIds.filter(pass('users', allowed?.users)).filter(isHere));
  const pingsReplied = allowed === undefined || allowed.replied_user === true;
  if (message.repliedUserId !== null && pingsReplied) userIds.add(message.repliedUserId);
  return {
    everyone: named.everyone && parse.includes('everyone') && mayPingAll && guild !== null,
    userIds: [...userIds],
    roleIds: mayPingAll ? named.roleIds.filter(pass('roles', allowed?.roles)) : [],
  };
}

export function joinPings(one: Pings, other: Pings): Pings {
  return {
    everyone: one.everyone || other.everyone,
    userIds: [...new Set([...one.userIds, ...other.userIds])],
    roleIds: [...new Set([...one.roleIds, ...other.roleIds])],
  };
}
