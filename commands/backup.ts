import { isAppError } from '../src/errors.ts';
import { slashCommand, textOption, type Command } from '../src/discord/command.ts';
import { placesOf } from './backups/copies.ts';
import { madeView } from './backups/made.ts';
import { showing } from './backups/progress.ts';
import { requesterOf } from './backups/words.ts';

export const backup = {
  data: slashCommand(
    { name: 'backup', description: { en: 'Back up everything I know', ja: 'すべてのデータをバックアップします' } },
    [
      textOption({
        name: 'reason',
        ja: '理由',
        description: { en: 'Why, to recognise it by later', ja: '後で見分けるための理由' },
        maxLength: 200,
      }),
    ],
  ),
  access: 'operator',
  help: [{ usage: '/backup', words: { en: 'back up everything.', ja: 'すべてをバックアップします。' } }],
  reply: 'public',
  async run(request, { backups, offSite, audit }) {
    const attempt = { action: 'backup', by: request.userId, guild: request.guildId };
    try {
      const reason = request.text('reason')?.trim() || null;
      // Not stopped with its message: a backup that was begun is worth having.
      const made = await backups.create(
        { kind: 'manual', reason, by: requesterOf(request) },
        { onProgress: showing(request, 'backup') },
      );
      audit({ ...attempt, outcome: 'done', backup: made.entry.name });
      const copies = (await offSite.copies()).get(made.entry.name) ?? [];
      return madeView(request, made, placesOf(request, copies));
    } catch (error) {
      const outcome = isAppError(error, 'busy') ? 'refused' : 'failed';
      audit({ ...attempt, outcome, detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  },
} satisfies Command;
