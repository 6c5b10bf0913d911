import { AppError } from '../errors.ts';

export const starting = (): AppError =>
  new AppError(
    'busy',
    {
      en: 'The bot is still starting. Try again in a moment.',
      ja: 'ボットの起動中です。少し待ってからもう一度お試しください。',
    },
    { retryAfterMs: 5_000 },
  );

export const restoring = (): AppError =>
  new AppError(
    'busy',
    {
      en: 'I am restoring a backup. Please try again in about a minute.',
      ja: 'バックアップを復元しています。1分ほどしてからもう一度お試しください。',
    },
    { retryAfterMs: 60_000 },
  );

export const restarting = (): AppError =>
  new AppError(
    'busy',
    {
      en: 'I am being restarted. Please try again in a minute.',
      ja: '再起動しています。1 分ほど待ってから、もう一度お試しください。',
    },
    { retryAfterMs: 30_000 },
  );
