import { wordsIn, type Locale } from '../errors.ts';
import type { Passage } from '../knowledge/model.ts';
import { sourceLink } from './answer-view.ts';
import type { View } from './command.ts';
import { pager } from './components.ts';
import { cut, plain, shown, smallPrint } from './writing.ts';

/** Passages shown on one page: as many as stay readable in one message. */
const PER_PAGE = 2;
const PASSAGE_LIMIT = 700;

/** One page of passages with their scores. A page that is not there becomes the nearest that is. */
export function passagePage(
  passages: readonly Passage[],
  { title, page, locale, idOf }: { title: string; page: number; locale: Locale; idOf: (page: number) => string },
): View {
  const pages = Math.max(1, Math.ceil(passages.length / PER_PAGE));
  const current = Math.min(pages, Math.max(1, Math.trunc(page) || 1));
  const start = (current - 1) * PER_PAGE;
  const blocks = passages
    .slice(start, start + PER_PAGE)
    .map((passage, index) => block(passage, start + index + 1, locale));
  const footer = wordsIn(locale, {
    en: `Passages ${passages.length === 0 ? 0 : start + 1}–${start + blocks.length} of ${passages.length}`,
    ja: `${passages.length} 件中 ${passages.length === 0 ? 0 : start + 1}〜${start + blocks.length} 件目`,
  });
  return {
    content: [`**${shown(title, 200)}**`, ...blocks, smallPrint(footer)].join('\n'),
    components: pager(locale, current, pages, idOf),
  };
}

function block(passage: Passage, number: number, locale: Locale): string {
  const scores = [
    // Passages that are looked at later come without the scores of their search.
    passage.score === 0
      ? null
      : wordsIn(locale, { en: `score ${passage.score.toFixed(3)}`, ja: `スコア ${passage.score.toFixed(3)}` }),
    passage.similarity === null
      ? null
      : wordsIn(locale, {
          en: `similarity ${passage.similarity.toFixed(2)}`,
          ja: `類似度 ${passage.similarity.toFixed(2)}`,
        }),
    passage.bm25 === null ? null : `BM25 ${passage.bm25.toFixed(1)}`,
  ].filter((score) => score !== null);
  const small = scores.length === 0 ? '' : `\n${smallPrint(scores.join(' · '))}`;
  return `${number}. ${sourceLink(passage)}\n${quoted(passage.text)}${small}`;
}

/** The text as a quotation: what it contains stays inside. */
export function quoted(text: string, limit = PASSAGE_LIMIT): string {
  const body = cut(plain(text).trim(), limit);
  // A code fence that is cut open would swallow the rest of the message.
  const closed = (body.match(/^\s*```/gm) ?? []).length % 2 === 1 ? `${body}\n\`\`\`` : body;
  return closed
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
