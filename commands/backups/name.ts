import { AppError } from '../../src/errors.ts';
import type { Request } from '../../src/discord/command.ts';

const PREFIX = 'nescordbot_backup_';

/** What was chosen or typed; without the words that all names begin with, too. Whether it exists is not known here. */
export function wantedName(request: Pick<Request, 'text'>): string {
  const text = (request.text('backup') ?? '').trim();
  if (text === '') {
    throw new AppError('invalid', {
      en: 'Which backup? Choose one from the suggestions.',
      ja: 'どのバックアップですか？候補から選んでください。',
    });
  }
  return /^\d{8}_\d{6}/.test(text) ? `${PREFIX}${text}` : text;
}
