import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** What is about the machine and the person at it rather than about the bot that runs for others. */
const KEPT = ['PORT', 'HOST', 'LOG_LEVEL', 'API_TOKEN', 'API_TOKENS'] as const;

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
