import { OAuth2Scopes, PermissionFlagsBits } from 'discord-api-types/v10';

/** What the bot needs in a server and no more, by the names that Discord's settings use. */
export const PERMISSIONS: Readonly<Record<string, bigint>> = {
  'View Channels': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
};

const ADDRESS = 'https://discord.com/oauth2/authorize';

/** The page on which somebody with Manage Server adds the bot to a server. */
export function inviteLink(applicationId: string): string {
  const permissions = Object.values(PERMISSIONS).reduce((all, one) => all | one, 0n);
  const link = new URL(ADDRESS);
  link.searchParams.set('client_id', applicationId);
  link.searchParams.set('permissions', String(permissions));
  link.searchParams.set('scope', [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '));
  return link.href;
}

/** By name; nothing is missing for an administrator. */
export function missingPermissions(granted: bigint): string[] {
  if ((granted & PermissionFlagsBits.Administrator) !== 0n) return [];
  return Object.entries(PERMISSIONS)
    .filter(([, bit]) => (granted & bit) === 0n)
    .map(([name]) => name);
}
