import { mapProse, spansOf } from './code-spans.ts';

const NUMBER = '[0-9０-９]{1,3}';
const BETWEEN = '\\s?(?:[,、，;；・&＆と\\s–—~〜～‐‑−-]|(?:,\\s)?and)\\s?';
const WORD = '(?:passages?|sources?|出典|該当箇所|引用元?|参照|資料)\\s?[:：]?\\s?';
/** What some models write behind the number: `【1†source】`. */
const AFTER = '†[^\\]］】\\n]{0,60}';
const GROUP = `[[［【]\\s?(?:${WORD})?\\^?${NUMBER}(?:${BETWEEN}\\^?${NUMBER})*(?:${AFTER})?\\s?[\\]］】]`;
/** A link is left as it is, even when its text looks like a citation. */
const LINK = '!?\\[[^\\]\\n]{0,300}\\]\\((?:<|[a-z][a-z+.-]{0,20}:|[./#])[^)\\n]{0,2000}\\)';
const LINK_OR_RUN = new RegExp(
  `${LINK}|([ \\t]{0,9})(${GROUP}(?:[ \\t]{0,9}${GROUP})*)([ \\t]{0,9})(?!\\]?\\([a-z]+:)`,
  'gi',
);

export interface CheckedText {
  readonly text: string;
  /** The given numbers that the text cites, in order of first appearance. */
  readonly cited: readonly number[];
  /** The number shown in the text for each cited one. */
  readonly shown: ReadonlyMap<number, number>;
}

/**
 * Checks citations against the numbers that were given to the model. Every way models write them (`[1, 2]`, `[1-3]`,
 * `【1】`, `［１］`) becomes `[1][2]`; numbers that were not given disappear with their brackets. What is left is renumbered
 * 1, 2, 3 … in order of first appearance, so that the list of sources reads without gaps, and a text and each of its
 * beginnings are numbered alike. Given numbers with the same `groupOf` share one shown number. Code and Markdown links
 * are not touched, nor `[0]`, which no passage has.
 */
export function checkCitations(
  text: string,
  given: readonly number[],
  groupOf: (number: number) => number = (number) => number,
): CheckedText {
  const shown = new Map<number, number>();
  const groups = new Map<number, number>();
  const numberShown = (number: number) => {
    const group = groups.get(groupOf(number)) ?? groups.size + 1;
    groups.set(groupOf(number), group);
    shown.set(number, group);
    return group;
  };
  const checked = mapProse(text, (prose) =>
    prose.replace(LINK_OR_RUN, (whole, before: string, run: string | undefined, after: string, at: number) => {
      if (run === undefined) return whole;
      const numbers = numbersIn(run);
      if (numbers.every((number) => number === 0)) return whole;
      const kept = numbersIn(run, given).filter((number) => given.includes(number));
      const atLineStart = at === 0 || prose.charAt(at - 1) === '\n';
      if (kept.length === 0) return atLineStart ? '' : after;
      const marks = [...new Set(kept.map(numberShown))].map((number) => `[${number}]`).join('');
      // A parenthesis right behind a citation would make it a link.
      const gap = after === '' && prose.charAt(at + whole.length) === '(' ? ' ' : after;
      return `${before}${marks}${gap}`;
    }),
  );
  return { text: checked, cited: [...shown.keys()], shown };
}

/** The numbers of a run; a range stands for those of `known` within it (and at least for its ends). */
function numbersIn(run: string, known: readonly number[] = []): number[] {
  const found: number[] = [];
  const pattern = /\d+(?:\s?[–—~〜～‐‑−-]\s?\d+)?/g;
  const plain = run.normalize('NFKC').replace(/\^|†[^\]】\n]*/g, '');
  for (const [item] of plain.matchAll(pattern)) {
    const [first = 0, last = first] = item.split(/\D+/).map(Number);
    if (last === first) found.push(first);
    else
      found.push(
        ...known.filter((number) => number >= first && number <= last),
        ...(known.length ? [] : [first, last]),
      );
  }
  return found;
}

/** What may still change its meaning when more text comes: half a citation, link, address, mention or code. */
const UNFINISHED = [
  /!?[[［【][^\]］】\n]{0,300}$/,
  /[ \t]*!?\[[^\]\n]{0,300}\](?:\([^)\n]{0,2000})?$/,
  /[ \t]*[［【][^\]］】\n]{0,40}[］】]$/,
  /\S*:\/\/\S*$/,
  /<[@#]\S*$/,
  /`[^\n]*$/,
];

/** Links and code that are longer than this may flash; they are still checked and made harmless. */
const TAIL = 600;

/** The part of a text still being written that can be shown: without an end that is half of something. */
export function settledText(text: string): string {
  const last = spansOf(text).at(-1);
  if (last === undefined) return '';
  if (last.code && /^[ \t]*```/.test(last.text)) return text.replace(/(?<=[^`])`{1,2}$/, '');
  // More backticks may follow those that end inline code.
  if (last.code) return text.slice(0, -last.text.length);
  const tail = last.text.slice(-TAIL);
  let prose = tail;
  for (let round = 0; round < 4; round += 1) for (const end of UNFINISHED) prose = prose.replace(end, '');
  return text.slice(0, text.length - tail.length) + prose;
}
