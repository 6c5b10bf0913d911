import { AppError } from '../errors.ts';
import type { Request } from './request.ts';

/** Questions that only the person who asked may answer, once, and not for long. */
export interface Confirmations {
  /** What a button carries: who may press it, until when, and for what. */
  issue(userId: string, subject: string): { readonly args: readonly string[]; readonly expiresAt: number };
  /** The subject of a pressed button. @throws AppError `forbidden`: somebody else's; `conflict`: too late, or a second time */
  redeem(request: Pick<Request, 'args' | 'userId'>): string;
}

const LASTS_MS = 2 * 60_000;

/**
 * The button itself says all this, so it means the same after a restart; what was pressed is remembered for as long as
 * it could be pressed again.
 */
export function createConfirmations(clock: () => number, random: () => number): Confirmations {
  const used = new Map<string, number>();

  function forgetExpired(): void {
    for (const [key, expiresAt] of used) if (expiresAt < clock()) used.delete(key);
  }

  return {
    issue(userId, subject) {
      const expiresAt = clock() + LASTS_MS;
      const nonce = Math.floor(random() * 36 ** 4).toString(36); // two questions of one moment are two
      return { args: [userId, expiresAt.toString(36), nonce, subject], expiresAt };
    },
    redeem({ args, userId }) {
      const [owner, expiry = '', , ...subject] = args;
      const expiresAt = Number.parseInt(expiry, 36);
      if (owner !== userId) throw notYours(owner ?? '');
      const key = args.join(':');
      if (used.has(key)) throw twice();
      if (!(clock() <= expiresAt) || expiresAt > clock() + LASTS_MS) throw tooLate();
      forgetExpired();
      used.set(key, expiresAt);
      return subject.join(':');
    },
  };
}

function notYours(owner: string): AppError {
  const who = /^\d+$/.test(owner) ? `<@${owner}>` : '?';
  return new AppError('forbidden', {
    en: `Only ${who}, who asked for this, can press that button. Nothing was changed.`,
    ja: `このボタンは、操作を始めた ${who} さんだけが押せます。何も変更していません。`,
  });
}

function twice(): AppError {
  return new AppError('conflict', {
    en: 'You have pressed that already: it is under way or done, and was not begun a second time.',
    ja: 'このボタンはすでに押されています。処理中または完了済みのため、二重には実行していません。',
  });
}

function tooLate(): AppError {
  return new AppError('conflict', {
    en: 'That button was good for two minutes, and they are over. Nothing was changed; use the command again.',
    ja: 'このボタンの有効期限（2 分）が過ぎました。何も変更していません。もう一度コマンドを実行してください。',
  });
}
