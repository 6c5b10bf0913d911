import type { Command } from '../src/discord/command.ts';
import { addToKnowledge } from './add-to-knowledge.ts';
import { alerts } from './alerts.ts';
import { answerThis } from './answer-this.ts';
import { ask } from './ask.ts';
import { backup } from './backup.ts';
import { backups } from './backups.ts';
import { help } from './help.ts';
import { knowledge } from './knowledge.ts';
import { privacy } from './privacy.ts';
import { restore } from './restore.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';

/** Every command there is, in the order in which /help tells of them. */
export const commands: readonly Command[] = [
  ask,
  answerThis,
  knowledge,
  addToKnowledge,
  backup,
  backups,
  restore,
  settings,
  alerts,
  status,
  privacy,
  help,
];
