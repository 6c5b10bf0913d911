import { counted } from '../counted.ts';
import { wordsIn, type Locale } from '../errors.ts';
import type { Passage } from '../knowledge/model.ts';
import { addressesIn } from '../knowledge/markdown/addresses.ts';
import { sanitizeMarkdown } from '../knowledge/markdown/sanitize.ts';
import { tablesAsLists } from '../knowledge/markdown/tables.ts';
import { plainText } from '../plain-text.ts';
import { sourceLink } from './answer-view.ts';
import type { View } from './request.ts';
import { pageOf, pager } from './components.ts';
import { splitMessage } from './split.ts';
import { MESSAGE_LIMIT, shown, smallPrint } from './writing.ts';

/** Passages shown on one page: as many as stay readable in one message. */
const PER_PAGE = 2;
const PASSAGE_LIMIT = 700;
/** The least that can be cut off a text with its marks whole. */
const SMALLEST = 64;

/** One page of passages with their scores. A page that is not there becomes the nearest that is. */
export function passagePage(
  passages: readonly Passage[],
  {
    title,
    removed = 0,
    page: wanted,
    locale,
    idOf,
  }: { title: string; removed?: number; page: number; locale: Locale; idOf: (page: number) => string },
): View {
  const { page, pages, from: start } = pageOf(wanted, passages.length, PER_PAGE);
  const here = passages.slice(start, start + PER_PAGE);
  const head = `**${shown(title)}**`;
  const footer = smallPrint(range(start, here.length, passages.length, locale), ...removedSources(removed, locale));
  const frames = here.map((passage, index) => ({
    before: `${start + index + 1}. ${sourceLink(passage)}\n`,
    text: passage.text,
    after: scores(passage, locale),
  }));
  const taken = [head, footer, ...frames.map(({ before, after }) => before + after)].join('\n').length;
  const room = Math.min(PASSAGE_LIMIT, Math.floor((MESSAGE_LIMIT - taken) / Math.max(1, here.length)));
  const blocks = frames.map(({ before, text, after }) => before + quoted(text, room) + after);
  return { content: [head, ...blocks, footer].join('\n'), components: pager(locale, page, pages, idOf) };
}

function range(start: number, count: number, total: number, locale: Locale): string {
  const from = count === 0 ? 0 : start + 1;
  const to = start + count;
  if (from === to) return wordsIn(locale, { en: `Passage ${to} of ${total}`, ja: `${total} 件中 ${to} 件目` });
  return wordsIn(locale, { en: `Passages ${from}–${to} of ${total}`, ja: `${total} 件中 ${from}〜${to} 件目` });
}

/** Those that can be shown no more, as their documents were removed. */
function removedSources(count: number, locale: Locale): string[] {
  if (count === 0) return [];
  return [wordsIn(locale, { en: counted(count, 'removed source'), ja: `削除された出典 ${count} 件` })];
}

/** Empty for passages that are looked at later: they come without the scores of their search. */
function scores({ score, similarity, bm25 }: Passage, locale: Locale): string {
  const figures = [
    score === 0 ? null : wordsIn(locale, { en: `score ${score.toFixed(3)}`, ja: `スコア ${score.toFixed(3)}` }),
    similarity === null
      ? null
      : wordsIn(locale, { en: `similarity ${similarity.toFixed(2)}`, ja: `類似度 ${similarity.toFixed(2)}` }),
    bm25 === null ? null : `BM25 ${bm25.toFixed(1)}`,
  ].filter((figure) => figure !== null);
  return figures.length === 0 ? '' : `\n${smallPrint(figures.join(' · '))}`;
}

/** The text as a quotation of at most `limit` characters, its marks included: what it contains stays inside. */
export function quoted(text: string, limit = PASSAGE_LIMIT): string {
  // What the document itself links to may be followed.
  const written = sanitizeMarkdown(tablesAsLists(plainText(text)).trim(), addressesIn([text])).trim();
  for (let room = Math.max(SMALLEST, limit - 2); ;) {
    const [begin = '', ...rest] = splitMessage(written, room);
    const body = rest.length === 0 ? begin : `${begin}${begin.endsWith('```') ? '\n…' : ' …'}`;
    const quotation = body.replace(/^/gm, '> ');
    const excess = quotation.length - limit;
    if (excess <= 0 || room === SMALLEST) return quotation;
    room = Math.max(SMALLEST, room - excess);
  }
}
