import { ApplicationCommandOptionType as T } from 'discord-api-types/v10';
import { toApiChannel } from '../payload/channel.ts';
import { toApiAttachment, toApiMessage } from '../payload/message.ts';
import { memberParts, toApiRole, toApiUser } from '../payload/user.ts';
import { permissionsIn } from '../state/access.ts';
import type { Channel, Message } from '../state/model.ts';
import { guildPermissions } from '../state/permissions.ts';
import { guildOf, type World } from '../state/world.ts';

/** Gathers what an interaction's ids stand for. */
export interface Resolver {
  /** False when there is no such thing. */
  add(type: T, id: string): boolean;
  addMessage(message: Message): void;
  /** `{ resolved }`, or nothing when nothing was added. Links are made for `origin`. */
  resolved(origin: string): { readonly resolved?: Record<string, Record<string, unknown>> };
}

export function createResolver(world: World, channel: Channel): Resolver {
  const guild = guildOf(world, channel);
  const parts: ((origin: string, into: Record<string, Record<string, unknown>>) => void)[] = [];
  const put = (kind: string, id: string, make: (origin: string) => unknown): true => {
    parts.push((origin, into) => void ((into[kind] ??= {})[id] = make(origin)));
    return true;
  };
  const addUser = (id: string): boolean => {
    const person = world.people.get(id);
    if (person === undefined) return false;
    put('users', id, () => toApiUser(person));
    if (guild?.memberRoles.has(id) === true) {
      put('members', id, () => ({ ...memberParts(guild, id), permissions: guildPermissions(guild, id).toString() }));
    }
    return true;
  };
  const addRole = (id: string): boolean => {
    const role = guild?.roles.find((one) => one.id === id);
    return role !== undefined && put('roles', id, () => toApiRole(role, world.bot.id));
  };
  const addChannel = (id: string): boolean => {
    const named = world.channels.get(id);
    if (named === undefined || named.guildId !== channel.guildId) return false;
    return put('channels', id, () => ({
      ...toApiChannel(world, named),
      permissions: permissionsIn(world, named, world.bot.id).toString(),
    }));
  };
  const addFile = (id: string): boolean => {
    const kept = world.files.get(id);
    return kept !== undefined && put('attachments', id, (origin) => toApiAttachment(kept.file, origin, true));
  };
  return {
    add(type, id) {
      if (type === T.User) return addUser(id);
      if (type === T.Role) return addRole(id);
      if (type === T.Mentionable) return addUser(id) || addRole(id);
      return type === T.Channel ? addChannel(id) : type === T.Attachment && addFile(id);
    },
    addMessage: (message) => void put('messages', message.id, (origin) => toApiMessage(world, message, origin)),
    resolved(origin) {
      const resolved: Record<string, Record<string, unknown>> = {};
      for (const part of parts) part(origin, resolved);
      return parts.length === 0 ? {} : { resolved };
    },
  };
}
