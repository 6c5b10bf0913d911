import { AppError, isAppError, wordsIn, type ErrorCode, type Locale } from '../errors.ts';
import type { Log } from '../log.ts';
import type { View } from './request.ts';
import { isDiscordTrouble } from './failures.ts';
import { incidentId } from './incident.ts';
import { ago, cut, worded } from './writing.ts';

// The person can put these right, so the log need not alarm anyone.
const EXPECTED: ReadonlySet<ErrorCode> = new Set(['invalid', 'not_found', 'forbidden', 'conflict', 'busy', 'limit']);

/** Turns whatever went wrong into words for the person; what they cannot put right gets an id under which the log has the cause. */
export function createTrouble({ log, random, clock }: { log: Log; random: () => number; clock: () => number }) {
  return {
    report(error: unknown, locale: Locale, where: Readonly<Record<string, string | null>>): View {
      const incident = incidentId(random);
      const known = error instanceof AppError ? error : unexpected(error);
      if (EXPECTED.has(known.code)) log.info(`Refused: ${known.message}`, { code: known.code, ...where });
      else log.error(`Incident ${incident}: ${known.message}`, { incident, code: known.code, ...where, error });
      const again =
        known.retryAfterMs !== null
          ? wordsIn(locale, {
              en: ` Try again ${ago(clock() + known.retryAfterMs)}.`,
              ja: `${ago(clock() + known.retryAfterMs)}にもう一度お試しください。`,
            })
          : '';
      const label = EXPECTED.has(known.code)
        ? ''
        : wordsIn(locale, { en: ` (incident ${incident})`, ja: `（インシデント ${incident}）` });
      return { content: `⚠️ ${worded(cut(wordsIn(locale, known.words), 1800))}${again}${label}`, components: [] };
    },
  };
}

export type Trouble = ReturnType<typeof createTrouble>;

function unexpected(cause: unknown): AppError {
  if (isDiscordTrouble(cause)) {
    return new AppError(
      'unavailable',
      {
        en: 'Discord did not take my reply. Please try again.',
        ja: 'Discord が返信を受け付けませんでした。もう一度お試しください。',
      },
      { cause },
    );
  }
  return new AppError(
    'internal',
    {
      en: 'Something went wrong on my side. Please try again, and tell the people who run me the incident id if it goes on.',
      ja: '内部で問題が起きました。もう一度お試しください。続くようであれば、インシデント番号を運営者にお知らせください。',
    },
    { cause },
  );
}

/** Why a piece of work was stopped, in words; null when nobody is there to read them. */
export function stopped(error: unknown, reasons: { gone: AbortSignal; closing: AbortSignal; deadline: AbortSignal }) {
  if (reasons.gone.aborted) return null;
  if (reasons.closing.aborted) {
    return new AppError(
      'unavailable',
      {
        en: 'I am being restarted. Please try again in a minute.',
        ja: '再起動しています。1 分ほど待ってから、もう一度お試しください。',
      },
      { cause: error },
    );
  }
  if (reasons.deadline.aborted && (!(error instanceof AppError) || isAppError(error, 'aborted'))) {
    return new AppError(
      'unavailable',
      { en: 'That took too long. Please try again.', ja: '時間がかかりすぎました。もう一度お試しください。' },
      { cause: error },
    );
  }
  return error;
}
