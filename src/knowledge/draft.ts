import { checkCitations, settledText } from './cite.ts';
import { addressesIn } from './markdown/addresses.ts';
import { sanitizeMarkdown } from './markdown/sanitize.ts';
import type { Source } from './model.ts';
import type { NumberedPassage } from './ports.ts';
import { createEchoFilter } from './prompt-echo.ts';
import { beforeSentinel, saysNoAnswer, withoutSentinel } from './prompt.ts';
import { wholeSentences } from './whole-sentences.ts';

export interface Checked {
  readonly text: string;
  readonly sources: readonly Source[];
  readonly citedChunkIds: readonly number[];
}

/** What of a generated text people get to see, given the passages it was made from. */
export interface Draft {
  /** The text so far: checked and numbered like the end result, without anything half-written. */
  visible(text: string): string;
  /** The whole text, checked. Null when it says that there is no answer, or cites none of the passages. */
  checked(text: string): Checked | null;
  /** The same for a text that broke off: what was written up to the last whole sentence. */
  checkedStart(text: string): Checked | null;
}

/** `instructions` are what the generator was told: what it repeats of them is not shown. */
export function createDraft(passages: readonly NumberedPassage[], instructions = ''): Draft {
  const echo = createEchoFilter(instructions);
  const given = passages.map(({ number }) => number);
  const byNumber = new Map(passages.map(({ number, passage }) => [number, passage]));
  const allowed = addressesIn(passages.flatMap(({ passage }) => [passage.text, passage.url ?? '']));
  const places = new Map<string, number>();
  const groupOf = (number: number) => {
    const passage = byNumber.get(number);
    const place = JSON.stringify([passage?.documentId, passage?.headings]);
    const group = places.get(place) ?? number;
    places.set(place, group);
    return group;
  };

  function checked(text: string): Checked | null {
    if (saysNoAnswer(text)) return null;
    const { text: cited, shown } = checkCitations(withoutSentinel(echo.without(text)).trim(), given, groupOf);
    if (shown.size === 0 || cited.replace(/\[\d+\]|\s/g, '') === '') return null;
    const sources = new Map<number, Source>();
    const citedChunkIds: number[] = [];
    for (const [number, shownNumber] of shown) {
      const passage = byNumber.get(number);
      if (passage === undefined) continue;
      const { documentId, title, url, headings, chunkId } = passage;
      citedChunkIds.push(chunkId);
      if (!sources.has(shownNumber))
        sources.set(shownNumber, { number: shownNumber, documentId, title, url, headings });
    }
    return { text: sanitizeMarkdown(cited, allowed).trim(), sources: [...sources.values()], citedChunkIds };
  }

  return {
    visible(text) {
      const settled = settledText(beforeSentinel(echo.withoutSoFar(text))).trimStart();
      return sanitizeMarkdown(checkCitations(settled, given, groupOf).text, allowed).trim();
    },
    checked,
    checkedStart: (text) => checked(wholeSentences(text)),
  };
}
