const maxWordLength = 64;
/** Bounded: an unbroken run of megabytes overflows the pattern engine, and dictionaries slow down with a run's length. */
const runs = /[\p{L}\p{N}\p{M}]{1,1024}/gu;
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u30fc\u3005]/u;
/** Sorting a long stack of accents into canonical order takes quadratic time; no language stacks more than a few. */
const stackedMarks = /(?<=\p{M}{8})\p{M}/gu;
const contractions = /(?<=\p{L})['’](?:s|t|d|m|ll|re|ve)(?![\p{L}\p{N}])/giu;
const inCamelCase = /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}{2}/u;
const humps = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\p{N}+/gu;

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });

/**
 * The words of a text as the full-text index stores them and as questions are asked of it: NFKC, lower case, letters
 * and digits only, in order, repeats kept. Scripts without spaces are cut by dictionary; `camelCase` gives the whole
 * and its parts. Time is linear in the length, whatever the text.
 */
export function searchWords(text: string): string[] {
  const words: string[] = [];
  const plain = text.replace(stackedMarks, '').normalize('NFKC').replace(contractions, '');
  for (const [run] of plain.matchAll(runs)) {
    if (!unspaced.test(run)) addWord(run, words);
    else {
      for (const { segment, isWordLike } of segmenter.segment(run)) if (isWordLike === true) addWord(segment, words);
    }
  }
  return words;
}

function addWord(word: string, words: string[]): void {
  const short = word.length <= maxWordLength ? word : wellFormedStart(word);
  words.push(short.toLowerCase());
  if (!inCamelCase.test(short)) return;
  for (const [hump] of short.matchAll(humps)) if (hump.length > 1) words.push(hump.toLowerCase());
}

function wellFormedStart(word: string): string {
  const start = word.slice(0, maxWordLength);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
