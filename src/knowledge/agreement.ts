import { commonWords } from './common-words.ts';

const dense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u30fc\u3005]{2,1024}/gu;
const spaced = /[\p{L}\p{M}\p{N}]{1,64}/gu;
const hasDense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const shortestStart = 4;

/**
 * What a question says literally, finer than its words: pairs of neighbouring characters where there are no spaces;
 * elsewhere pairs of neighbouring words and the beginnings of words.
 */
export function literalPieces(question: string): string[] {
  const text = plain(question);
  const pieces = new Set<string>();
  for (const [run] of text.matchAll(dense)) {
    for (let start = 0; start + 2 <= run.length; start++) pieces.add(run.slice(start, start + 2));
  }
  const words = Array.from(text.matchAll(spaced), ([word]) => word).filter((word) => !hasDense.test(word));
  for (const [place, word] of words.entries()) {
    const next = words[place + 1];
    if (!commonWords.has(word)) pieces.add(word.slice(0, Math.max(shortestStart, word.length - 2)));
    if (next !== undefined && !(commonWords.has(word) && commonWords.has(next))) pieces.add(`${word} ${next}`);
  }
  return [...pieces];
}

/**
 * How much of a question's pieces each candidate contains literally, 0…1. A piece counts by how few of the candidates
 * have it, so that only what tells them apart decides.
 */
export function agreement(pieces: readonly string[], candidates: readonly string[]): number[] {
  const texts = candidates.map(plain);
  const sums = texts.map(() => 0);
  let whole = 0;
  for (const piece of pieces) {
    const holders = texts.flatMap((text, place) => (text.includes(piece) ? [place] : []));
    if (holders.length === 0) continue;
    const weight = Math.log((texts.length + 1) / holders.length);
    whole += weight;
    for (const place of holders) sums[place] = (sums[place] ?? 0) + weight;
  }
  return sums.map((sum) => (whole > 0 ? sum / whole : 0));
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ');
}
