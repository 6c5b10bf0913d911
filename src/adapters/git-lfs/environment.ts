import { devNull } from 'node:os';

/** Where git and its helpers are, on Debian, in images and with Homebrew. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

export interface EnvironmentOptions {
  readonly url: string;
  readonly token: string | null;
  readonly home: string;
  readonly idleMs: number;
}

/** The header that the token travels in; GitHub wants Basic for git and for LFS. */
export const authorization = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64');

/**
 * All that git gets from us: nothing of the user's or the system's configuration, no hooks, no questions, no other
 * protocol, and no variable of the bot's own.
 *
 * The token is in the environment of these children only, which the kernel shows to the same user and to root, who could
 * read the bot's memory just as well. An argument would be in everyone's process list, and a file or `.git/config` would
 * outlive a crash. The header is scoped to the repository's host: without that, git-lfs also sent it to the storage host.
 */
export function gitEnvironment({ url, token, home, idleMs }: EnvironmentOptions): Record<string, string> {
  const { protocol, origin } = new URL(url);
  const seconds = String(Math.max(1, Math.ceil(idleMs / 1000)));
  const settings: [string, string][] = [
    ['core.hooksPath', devNull],
    ['credential.helper', ''],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', seconds],
    ['lfs.activitytimeout', seconds],
    ['lfs.dialtimeout', seconds],
    ['lfs.tlstimeout', seconds],
    ['lfs.transfer.maxretries', '2'],
    ['lfs.transfer.maxretrydelay', '2'],
    ['lfs.basictransfersonly', 'true'],
    ['lfs.locksverify', 'false'],
  ];
  if (protocol !== 'file:') {
    settings.push(['lfs.url', `${url}/info/lfs`], [`lfs.${url}/info/lfs.locksverify`, 'false']);
    if (token !== null) settings.push([`http.${origin}/.extraHeader`, `Authorization: Basic ${authorization(token)}`]);
  }
  return {
    PATH,
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_ALLOW_PROTOCOL: protocol.slice(0, -1),
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  };
}
