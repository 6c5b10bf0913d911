import type { Locale } from '../errors.ts';
import { commonWords } from './common-words.ts';
import { languageOf } from './language.ts';
import type { QuotingAnswer } from './store-ports.ts';
import { searchWords } from './words.ts';

/** Stands in a kept answer where it had its words from a document that was removed. */
export const REMOVED_SOURCE: Readonly<Record<Locale, string>> = {
  en: '(removed source)',
  ja: '（削除された出典）',
};

/** What a line says with its citations behind it, what it says without any, or its end. */
const STATEMENT = /[^\n]*?\[\d{1,3}\](?:[ \t]*\[\d{1,3}\])*[ \t]*[。．.!?！？]?|[^\n]+|\n/g;
const CITATION = /\[(\d{1,3})\]/g;
/** Space and marks of lists, quotes and headings in front of a statement. */
const LEAD = /^(?:\s|[-*+>] |#{1,6} |\d{1,3}[.)] )*/;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
/** Shorter ones are a part of other words by chance. */
const TELLING_PART = 4;

/**
 * An answer without what it had from the removed document: each statement that cites it, or that has a word of it which
 * stands neither in the question nor in the other passages that were read.
 */
export function withoutRemovedSource(given: QuotingAnswer): string {
  const { question, answer, cited } = given;
  const marker = REMOVED_SOURCE[languageOf(question, languageOf(answer, 'en'))];
  if (cited.length > 0 && cited.every((isRemoved) => isRemoved)) return marker;
  const hasItsWords = wordsOfItsOwn(given);
  const kept = answer.replace(STATEMENT, (statement) => {
    const numbers = [...statement.matchAll(CITATION)].map(([, number]) => Number(number));
    const isQuotation = numbers.some((number) => cited[number - 1] === true) || hasItsWords(statement);
    return isQuotation ? `${LEAD.exec(statement)?.[0] ?? ''}${marker}` : statement;
  });
  return kept.replaceAll(new RegExp(`(?:${escaped(marker)}\\s*)+(?=${escaped(marker)})`, 'g'), '');
}

function wordsOfItsOwn({ question, removed, others }: QuotingAnswer): (statement: string) => boolean {
  const known = new Set([question, ...others].flatMap(searchWords));
  const own = new Set(removed.flatMap(searchWords).filter((word) => !known.has(word) && !commonWords.has(word)));
  const parts = [...own].filter((word) => word.length >= TELLING_PART);
  const unspaced = [...own].filter((word) => word.length > 1 && UNSPACED.test(word));
  return (statement) => {
    const words = searchWords(statement).filter((word) => !known.has(word));
    const plain = statement.normalize('NFKC').toLowerCase();
    return (
      words.some((word) => own.has(word) || parts.some((part) => word.includes(part))) ||
      unspaced.some((word) => plain.includes(word)) // where it is cut depends on what stands around it
    );
  };
}

const escaped = (text: string): string => text.replace(/[()]/g, '\\$&');
