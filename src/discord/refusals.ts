import { AppError, wordsIn, type ErrorCode, type Locale } from '../errors.ts';
import type { Access, View } from './request.ts';

// A `limit` met at work is a disk or a quota that is used up: whoever runs the bot is to see it.
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['invalid', 'not_found', 'forbidden', 'conflict', 'busy']);

/** True for what concerns the person alone: what they gave, what they may, or the moment. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AppError && REFUSALS.has(error.code);
}

/** For a button or command that this version does not have (any more). */
export function unknownView(locale: Locale): View {
  return {
    content: wordsIn(locale, {
      en: 'I do not know that one any more. `/help` shows what I can do.',
      ja: 'この操作は現在ご利用いただけません。`/help` でできることをご確認ください。',
    }),
  };
}

export function deniedView(locale: Locale, needed: Access): View {
  const words = {
    everyone: { en: 'You cannot do that.', ja: 'この操作は行えません。' },
    moderator: {
      en: "That is for this server's moderators: people who may manage the server, or have a role that was set for it.",
      ja: 'この操作はサーバーのモデレーター（サーバー管理の権限、または指定されたロールを持つ方）のみ行えます。',
    },
    operator: {
      en: 'That is for the people who run this bot.',
      ja: 'この操作はボットの運営者のみ行えます。',
    },
  };
  return { content: `🔒 ${wordsIn(locale, words[needed])}` };
}

export function guildOnlyView(locale: Locale): View {
  return {
    content: wordsIn(locale, {
      en: 'I answer from the knowledge of a server, so please use me in one.',
      ja: 'サーバーのナレッジからお答えしていますので、サーバー内でご利用ください。',
    }),
  };
}
