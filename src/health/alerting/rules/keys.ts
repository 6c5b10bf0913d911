import { DATABASE } from './database-trouble.ts';
import { DISCORD_DOWN, DISCORD_REFUSED } from './discord-trouble.ts';
import { DOUBTED_CLOCK } from './doubted-clock.ts';
import { FAILED_BACKUP } from './failed-backup.ts';
import { FAILED_DRILL } from './failed-drill.ts';
import { FAILED_START } from './failed-start.ts';
import { FULL_DISK } from './full-disk.ts';
import { GEMINI_MODEL, GEMINI_QUOTA, GEMINI_REFUSED, GEMINI_STORING } from './gemini-trouble.ts';
import { GROWN_BACKUP } from './grown-backup.ts';
import { INDEX_DOWN, INDEX_LOST, INDEX_RESTARTING } from './index-trouble.ts';
import { STALE_BACKUP } from './stale-backup.ts';
import { GITHUB_REPOSITORY, GITHUB_TOKEN } from './token-trouble.ts';

/** Every key there is, in the order of the table in docs/operations.md; one that ends in a colon goes on with what it is about. */
export const ALERT_KEYS: readonly string[] = [
  FAILED_BACKUP,
  STALE_BACKUP,
  GROWN_BACKUP,
  FAILED_DRILL,
  FULL_DISK,
  'volume:',
  'vault:',
  'integrity:',
  DATABASE,
  INDEX_DOWN,
  INDEX_LOST,
  INDEX_RESTARTING,
  GEMINI_QUOTA,
  GEMINI_REFUSED,
  GEMINI_MODEL,
  GEMINI_STORING,
  DISCORD_DOWN,
  DISCORD_REFUSED,
  'home:absent',
  'home:unknown',
  GITHUB_TOKEN,
  GITHUB_REPOSITORY,
  DOUBTED_CLOCK,
  FAILED_START,
  'alerts:',
];
