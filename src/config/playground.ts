import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { isLoopback } from './loopback.ts';
import type { Values } from './variables.ts';

type PlaygroundValues = Pick<Values, 'DISCORD_TOKEN' | 'HOST' | 'PLAYGROUND_EXPOSED'>;

/** What is about the machine and the person at it rather than about the bot that runs for others. */
const KEPT = ['PORT', 'HOST', 'PLAYGROUND_EXPOSED', 'LOG_LEVEL', 'API_TOKEN', 'API_TOKENS'] as const;

/** Settings of a playground beside the real bot: no account, no key, and folders of its own. */
export function playgroundEnvironment(environment: Environment): Environment {
  const directory = join(environment['DATA_DIR']?.trim() || 'data', 'playground');
  return {
    ...Object.fromEntries(KEPT.map((name) => [name, environment[name]])),
    DATA_DIR: directory,
    VAULT_DIRECTORY: resolve(directory, 'second-place'),
    // Enough backups to see what keeping them means.
    BACKUP_KEEP_HOURLY: '24',
    BACKUP_KEEP_DAILY: '14',
  };
}

/** Whoever reaches a playground is an operator of the bot: it listens to this machine alone, unless somebody vouches for it. */
export function playgroundProblems({ DISCORD_TOKEN, HOST, PLAYGROUND_EXPOSED }: PlaygroundValues): string[] {
  if (DISCORD_TOKEN !== null || HOST === null || PLAYGROUND_EXPOSED || isLoopback(HOST)) return [];
  return [
    `HOST is ${HOST}, and without DISCORD_TOKEN the playground starts, in which whoever reaches it is an operator. Set ` +
      'DISCORD_TOKEN for the real bot, or leave HOST out (127.0.0.1). Where nothing but this machine reaches the port, as ' +
      'with a container whose port is published on 127.0.0.1 alone, set PLAYGROUND_EXPOSED=true.',
  ];
}
