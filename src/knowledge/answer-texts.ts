import { AppError, isAppError, wordsIn, type Locale } from '../errors.ts';
import { LengthReached } from './ports.ts';

type Both = Readonly<Record<Locale, string>>;

export const nothingFound: Both = {
  en: "I found nothing about this in this server's knowledge.",
  ja: 'このサーバーのナレッジには、これについての情報が見つかりませんでした。',
};

export const nothingTaught: Both = {
  en: 'I have not been taught anything on this server yet.',
  ja: 'このサーバーでは、まだ何も教わっていません。',
};

export const vectorsMissing: Both = {
  en: 'Search by meaning is not available at the moment, so only the words were compared.',
  ja: '現在、意味による検索を利用できないため、語句だけで探しました。',
};

/** Why the passages themselves are the answer. */
export function passagesInstead(engine: string, error: unknown, now: number): Both {
  const said = ownWords(error);
  if (said !== null) {
    return { en: `${said.en} These are the passages themselves.`, ja: `${said.ja}該当箇所をそのまま表示しています。` };
  }
  const why = generationFailure(engine, error, now);
  return {
    en: `${why.en}, so these are the passages themselves.`,
    ja: `${why.ja}ため、該当箇所をそのまま表示しています。`,
  };
}

/** Why a text that was begun has no end. */
export function cutShort(engine: string, error: unknown, now: number): Both {
  if (error instanceof LengthReached) return tooLong;
  const said = ownWords(error);
  if (said !== null) {
    return { en: `${said.en} So this answer may be incomplete.`, ja: `${said.ja}内容が不完全な可能性があります。` };
  }
  const why = generationFailure(engine, error, now);
  return {
    en: `${why.en} while writing, so this answer may be incomplete.`,
    ja: `回答の途中で${why.ja}ため、内容が不完全な可能性があります。`,
  };
}

const tooLong: Both = {
  en: 'The answer became too long and was cut here.',
  ja: '回答が長さの上限に達したため、ここで区切りました。',
};

/** The engine knows best what stopped it, and what to do; how long a quota lasts is said with the time. */
function ownWords(error: unknown): Both | null {
  if (!isAppError(error) || error instanceof TimeOut || error.code === 'limit') return null;
  return { en: wordsIn('en', error.words), ja: wordsIn('ja', error.words) };
}

function generationFailure(engine: string, error: unknown, now: number): Both {
  if (error === null) return { en: `${engine} wrote nothing`, ja: `${engine} から回答が得られなかった` };
  if (error instanceof LengthReached) {
    return { en: `${engine} wrote too much at once`, ja: `${engine} の回答が長さの上限を超えた` };
  }
  if (isAppError(error, 'limit')) {
    if (error.retryAfterMs === null) return { en: `${engine} is out of quota`, ja: `${engine} の利用枠を使い切った` };
    // A moment in Discord's notation.
    const until = `<t:${Math.ceil((now + error.retryAfterMs) / 1000)}:t>`;
    return { en: `${engine} is out of quota until ${until}`, ja: `${engine} の利用枠を ${until} まで使い切っている` };
  }
  if (error instanceof TimeOut) return { en: `${engine} took too long`, ja: `${engine} の応答に時間がかかりすぎた` };
  return { en: `${engine} failed`, ja: `${engine} が失敗した` };
}

/** The whole answer took longer than it may. */
export class TimeOut extends AppError {
  constructor(timeoutMs: number) {
    const seconds = Math.round(timeoutMs / 1000);
    super('unavailable', {
      en: `The answer took longer than ${seconds} s. Please ask again in a moment.`,
      ja: `回答に ${seconds} 秒以上かかりました。しばらくしてからもう一度お尋ねください。`,
    });
    this.name = 'TimeOut';
  }
}

export function emptyQuestion(): AppError {
  return new AppError('invalid', {
    en: 'The question is empty. Write what you would like to know.',
    ja: '質問が空です。知りたいことを入力してください。',
  });
}

export function longQuestion(length: number, limit: number): AppError {
  return new AppError('invalid', {
    en: `The question has ${length.toLocaleString('en')} characters; ${limit.toLocaleString('en')} are possible. Please shorten it.`,
    ja: `質問が ${length.toLocaleString('ja')} 文字あります。${limit.toLocaleString('ja')} 文字以内に短くしてください。`,
  });
}

export function cancelled(cause: unknown): AppError {
  return new AppError('aborted', { en: 'The question was cancelled.', ja: '質問は取り消されました。' }, { cause });
}

export function nothingToBeHad(cause: unknown): AppError {
  const words = {
    en: 'The knowledge cannot be searched at the moment. Nothing is lost; please ask again in a few minutes.',
    ja: '現在、ナレッジを検索できません。データは失われていません。数分後にもう一度お尋ねください。',
  };
  const retryAfterMs = isAppError(cause) ? cause.retryAfterMs : null;
  return new AppError('unavailable', words, { cause, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}
