import type { NumberedPassage } from '../../knowledge/ports.ts';
import type { Vocabulary } from './features.ts';
import { stem } from './stem.ts';
import { unitsOf, type Unit } from './units.ts';

export interface Picked {
  readonly number: number;
  readonly unit: Unit;
}

interface Candidate extends Picked {
  readonly row: readonly Unit[];
  readonly at: number;
  readonly words: ReadonlySet<string>;
  readonly score: number;
  /** The share of the question (by weight) that this sentence, and that its place, speak of. */
  readonly own: number;
}

const MOST = 3;
const MOST_LENGTH = 900;
const LONGEST_CODE = 900;
const LONGEST_SENTENCE = 600;
/** Under this share of the question in the best sentence and its headings, nothing was found. */
const FLOOR = 0.3;
/**
 * The two or three sentences that speak most of what the question asks, with the block of code that belongs to the best
 * one, in reading order within each passage. Empty when none of them does.
 */
export function pickSentences(
  question: string,
  passages: readonly NumberedPassage[],
  vocabulary: Vocabulary,
): Picked[] {
  const stems = (text: string) =>
    new Set(
      vocabulary
        .words(text)
        .filter((word) => !vocabulary.common.has(word))
        .map(stem),
    );
  const asked = stems(question);
  const candidates = score(asked, passages, stems);
  const best = candidates[0];
  if (best === undefined || best.own === 0) return [];
  const chosen: Candidate[] = [];
  let length = 0;
  for (const candidate of candidates) {
    if (chosen.length === MOST || candidate.score < best.score * 0.6) break;
    if (chosen.some((other) => likeness(other.words, candidate.words) > 0.6)) continue;
    if (chosen.length > 0 && length + candidate.unit.text.length > MOST_LENGTH) continue;
    chosen.push(candidate);
    length += candidate.unit.text.length;
  }
  return inReadingOrder(chosen, best);
}

function score(asked: ReadonlySet<string>, passages: readonly NumberedPassage[], stems: (text: string) => Set<string>) {
  const rows = passages.map(({ number, passage }) => {
    const place = [passage.title, ...passage.headings].join(' ');
    const row = unitsOf(passage.text);
    return { number, place: stems(place), row, words: row.map(({ text }) => stems(text)) };
  });
  const all = rows.flatMap((row) => row.words);
  const weights = new Map<string, number>();
  for (const word of asked) {
    const having = all.reduce((count, words) => count + (words.has(word) ? 1 : 0), 0);
    weights.set(word, Math.log(1 + (all.length + 1) / (having + 0.5)));
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const share = (has: (word: string) => boolean) =>
    [...weights].reduce((sum, [word, weight]) => sum + (has(word) ? weight : 0), 0) / total;
  const candidates: Candidate[] = [];
  for (const [rank, { number, place, row, words }] of rows.entries()) {
    for (const [at, unit] of row.entries()) {
      const own = words[at] ?? new Set<string>();
      if (!canStandAlone(unit) || own.size < 2) continue;
      const inSentence = share((word) => own.has(word));
      const inPlace = share((word) => !own.has(word) && place.has(word));
      if (inSentence + inPlace < FLOOR) continue;
      // Long sentences have more words by chance; the first passages and sentences are more often the right ones.
      const brevity = 1 / (1 + Math.max(0, own.size - 14) / 40);
      const value = (inSentence + 0.45 * inPlace) * brevity * (1 + 0.35 / (rank + 1)) * (1 + 0.1 / (at + 1));
      candidates.push({ number, unit, row, at, words: own, own: inSentence, score: value });
    }
  }
  return candidates.sort((a, b) => b.score - a.score);
}

function canStandAlone({ kind, text }: Unit): boolean {
  // A question among the documents' sentences is no answer.
  return (kind === 'sentence' || kind === 'item') && text.length <= LONGEST_SENTENCE && !/[?？]$/.test(text);
}

/** The passage of the best sentence first. */
function inReadingOrder(chosen: readonly Candidate[], best: Candidate): Picked[] {
  const numbers = [...new Set(chosen.map(({ number }) => number))];
  return numbers.flatMap((number) => {
    const picked = chosen.filter((candidate) => candidate.number === number).sort((a, b) => a.at - b.at);
    return picked.flatMap((candidate): Picked[] => {
      const next = candidate.row[candidate.at + 1];
      const announces = /[:：]$/.test(candidate.unit.text);
      const belongs = next !== undefined && (next.kind === 'code' || next.kind === 'table');
      if (belongs && next.text.length <= LONGEST_CODE && (candidate === best || announces)) {
        return [candidate, { number, unit: next }];
      }
      // The list that a sentence announces is its second half.
      if (!announces || next?.kind !== 'item') return [candidate];
      return [candidate as Picked].concat(listAfter(candidate, picked));
    });
  });
}

function listAfter({ row, at, number }: Candidate, picked: readonly Candidate[]): Picked[] {
  const items: Picked[] = [];
  let length = 0;
  for (const unit of row.slice(at + 1)) {
    length += unit.text.length;
    if (unit.kind !== 'item' || length > MOST_LENGTH) break;
    if (!picked.some((other) => other.unit === unit)) items.push({ number, unit });
  }
  return items;
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let same = 0;
  for (const word of a) if (b.has(word)) same += 1;
  return same / Math.min(a.size, b.size);
}
