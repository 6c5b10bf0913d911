import type { ClientChannel, ClientGuild } from '../../../client-state.ts';

/** `@Name` ↔ `<@id>` and `#name` ↔ `<#id>`: people write and read the one, the server gets the other. */
function pairs(
  guild: ClientGuild | null,
  channels: readonly ClientChannel[],
): (readonly [shown: string, sent: string])[] {
  const people = (guild?.members ?? []).flatMap(({ user }) => [
    [`@${user.displayName}`, `<@${user.id}>`] as const,
    [`@${user.username}`, `<@${user.id}>`] as const,
  ]);
  const roles = (guild?.roles ?? [])
    .filter(({ id, name }) => id !== guild?.id && !name.startsWith('@'))
    .map((role) => [`@${role.name}`, `<@&${role.id}>`] as const);
  const places = channels
    .filter(({ guildId, kind }) => guildId === guild?.id && kind === 'text')
    .map((channel) => [`#${channel.name}`, `<#${channel.id}>`] as const);
  return [...people, ...roles, ...places].sort((a, b) => b[0].length - a[0].length);
}

/** Longer names first, and only where the name ends: `@Ann` is not found in `@Anna`. */
export function encodeMentions(text: string, guild: ClientGuild | null, channels: readonly ClientChannel[]): string {
  return pairs(guild, channels).reduce((done, [shown, sent]) => {
    const pattern = new RegExp(`(?<![\\w<@#])${shown.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![A-Za-z0-9_])`, 'gi');
    return done.replaceAll(pattern, sent);
  }, text);
}

export function decodeMentions(text: string, guild: ClientGuild | null, channels: readonly ClientChannel[]): string {
  return pairs(guild, channels).reduce((done, [shown, sent]) => done.replaceAll(sent, shown), text);
}

/** What is being typed after an `@` at the caret, or null. */
export function mentionAt(text: string, caret: number): { readonly from: number; readonly typed: string } | null {
  const match = /(?:^|\s)@([^\s@]{0,32})$/u.exec(text.slice(0, caret));
  return match ? { from: caret - (match[1]?.length ?? 0) - 1, typed: match[1] ?? '' } : null;
}
