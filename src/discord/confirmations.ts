import { AppError, wordsIn } from '../errors.ts';
import type { ActionRow } from './components.ts';
import type { LiveRequest, View } from './request.ts';
import { ago, smallPrint } from './writing.ts';

/** What is asked, and what the message says once nothing can be answered any more. */
export interface Prompt {
  /** What is to be done: a button of one question is no answer to another. */
  readonly purpose: string;
  /** What it is to be done with, as it was shown. */
  readonly subject: string;
  /** For the record of whoever presses too late: stands in the button, and decides nothing. */
  readonly about?: string;
  /** The question without its buttons. */
  readonly text: string;
  /** Buttons that stay when it has expired. */
  readonly otherwise?: readonly ActionRow[];
}

/** Questions that only the person who asked may answer, once, and not for long. */
export interface Confirmations extends Disposable {
  /** What the buttons of a question carry. When its time is up the message says so, and loses them. */
  issue(request: LiveRequest, prompt: Prompt): { readonly args: readonly string[]; readonly expiresAt: number };
  /**
   * The subject of a pressed button, which then goes. Only what was really asked can be answered: after a restart nothing is.
   * @throws AppError `forbidden`: somebody else's; `conflict`: too late, or a second time
   */
  redeem(request: Pick<LiveRequest, 'args' | 'userId' | 'say' | 'show'>, purpose: string): string;
}

export interface ConfirmationParts {
  readonly clock: () => number;
  /** Nobody can guess it. */
  readonly randomId: () => string;
  /** Does not keep the process alive; returns the way to stop. */
  readonly later: (delayMs: number, run: () => void) => () => void;
  /** Changes the message that a request was answered with. */
  readonly edit: (replyTo: string, view: View) => void;
}

interface Asked extends Prompt {
  readonly userId: string;
  readonly expiresAt: number;
  readonly expired: View;
  readonly stop: () => void;
}

const LASTS_MS = 2 * 60_000;
/** More are not asked in two minutes; the oldest would go. */
const MOST = 1_000;

export function createConfirmations({ clock, randomId, later, edit }: ConfirmationParts): Confirmations {
  const asked = new Map<string, Asked>();
  /** Answered, or over: for telling a second press from one that is too late. */
  const answered = new Map<string, number>();

  function forget(key: string): void {
    asked.get(key)?.stop();
    asked.delete(key);
  }

  return {
    issue(request, prompt) {
      const expiresAt = clock() + LASTS_MS;
      const key = randomId();
      const expired = expiredView(request, prompt);
      const stop = later(LASTS_MS, () => {
        forget(key);
        edit(request.replyTo, expired);
      });
      const [oldest] = asked.keys();
      if (asked.size >= MOST && oldest !== undefined) forget(oldest);
      asked.set(key, { ...prompt, userId: request.userId, expiresAt, expired, stop });
      return { args: [request.userId, key, prompt.about ?? ''], expiresAt };
    },
    redeem(request, purpose) {
      const [owner = '', key = ''] = request.args;
      if (owner !== request.userId) throw notYours();
      for (const [old, until] of answered) if (until < clock()) answered.delete(old);
      if (answered.has(key)) throw twice();
      const found = asked.get(key);
      if (found === undefined || found.userId !== request.userId || found.purpose !== purpose) {
        request.show({ content: request.say(UNKNOWN), components: [] });
        throw tooLate();
      }
      forget(key);
      if (clock() > found.expiresAt) {
        request.show(found.expired);
        throw tooLate();
      }
      answered.set(key, found.expiresAt);
      request.show({ content: found.text, components: [] });
      return found.subject;
    },
    [Symbol.dispose]() {
      for (const { stop } of asked.values()) stop();
      asked.clear();
    },
  };
}

/** Stands below a question with buttons. */
export function buttonsUntil(request: Pick<LiveRequest, 'say'>, expiresAt: number): string {
  const when = ago(expiresAt);
  return smallPrint(request.say({ en: `The buttons expire ${when}.`, ja: `ボタンの有効期限：${when}` }));
}

function expiredView({ locale }: Pick<LiveRequest, 'locale'>, { text, otherwise = [] }: Prompt): View {
  const words = { en: '⌛ Expired. Nothing was changed.', ja: '⌛ 期限切れです。何も変更していません。' };
  return { content: `${text}\n${smallPrint(wordsIn(locale, words))}`, components: otherwise };
}

/** A restart forgets what was asked before it. */
const UNKNOWN = {
  en: '⌛ This question has expired. Nothing was changed.',
  ja: '⌛ この確認は期限切れです。何も変更していません。',
};

function notYours(): AppError {
  return new AppError('forbidden', {
    en: 'Only the person who asked for this can press that button. Nothing was changed.',
    ja: 'このボタンは、操作を始めた方だけが押せます。何も変更していません。',
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
    en: 'That button was good for two minutes or until I was restarted, and is no more. Nothing was changed; use the command again.',
    ja: 'このボタンの有効期限（2 分、または再起動まで）が過ぎました。何も変更していません。もう一度コマンドを実行してください。',
  });
}
