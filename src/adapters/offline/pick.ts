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
/** Further sentences must fit nearly as well as the best. */
const NEARLY = 0.75;
const MOST_LENGTH = 900;
const LONGEST_CODE = 900;
const LONGEST_SENTENCE = 600;
/** Sentences that point to other places of a document rather than say something. */
const SIGNPOST =
  /\b(?:(?:previous|next|following|above) (?:section|page|chapter|guide)|learn more|refer to|this page|this guide|we'll)\b|(?:前|次)の(?:節|章|ページ)|を参照/i;
const LEAD = '**';
const ANNOUNCES = /[:：]$/;
const POINTS_BACK = /^(?:This|That|These|Those|It|They|Such)\b|^(?:これ|それ|この|その|そう)/;
/** What the title and headings say counts for each sentence under them, by this much. */
const PLACE_WEIGHT = 0.4;
/** What a sentence of the page that was found first counts more; the best passage is not always the one that says it. */
const SAME_PAGE = 1.15;
/** Under this share of the question in the best sentence and its headings, nothing was found. */
const FLOOR = 0.3;
/** A sentence with no word of the question is an answer where what stands above it says nearly all of the question. */
const PLACE_FLOOR = 0.6;
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
  if (asked.size === 0) return [];
  const candidates = score(asked, passages, stems);
  const best = candidates[0];
  if (best === undefined) return [];
  const chosen: Candidate[] = [];
  let length = 0;
  for (const candidate of candidates) {
    if (chosen.length === MOST || candidate.score < best.score * NEARLY) break;
    if (candidate.own < best.own * NEARLY) continue;
    if (chosen.length > 0 && !addsTo(chosen, candidate, asked)) continue;
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
    const row = withLead(unitsOf(passage.text), passage.headings.at(-1) ?? passage.title);
    return { number, passage, place: stems(place), row, words: row.map(({ text }) => stems(text)) };
  });
  const all = rows.flatMap((row) => row.words);
  const weights = weigh(asked, all);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const share = (has: (word: string) => boolean) =>
    [...weights].reduce((sum, [word, weight]) => sum + (has(word) ? weight : 0), 0) / total;
  const candidates: Candidate[] = [];
  const bestScore = Math.max(...passages.map(({ passage }) => passage.score));
  const bestPage = passages.find(({ passage }) => passage.score === bestScore)?.passage.documentId;
  for (const { number, passage, place, row, words } of rows) {
    const standing = bestScore > 0 ? passage.score / bestScore : 1;
    const samePage = passage.documentId === bestPage ? SAME_PAGE : 1;
    for (const [at, unit] of row.entries()) {
      const own = words[at] ?? new Set<string>();
      if (!canStandAlone(unit) || (own.size < 2 && !isLead(unit))) continue;
      const inSentence = share((word) => own.has(word));
      const inEither = share((word) => own.has(word) || place.has(word));
      if (inEither < (inSentence > 0 ? FLOOR : PLACE_FLOOR)) continue;
      // Long sentences have more words by chance; the best passages and first sentences are more often the right ones.
      const brevity = 1 / (1 + Math.max(0, own.size - 14) / 40);
      const value =
        (inSentence + PLACE_WEIGHT * share((word) => place.has(word))) *
        brevity *
        samePage *
        standing ** 2 *
        (1 + 0.1 / (at + 1));
      const signpost = SIGNPOST.test(unit.text) ? 0.6 : 1;
      candidates.push({ number, unit, row, at, words: own, own: inSentence, score: value * signpost });
    }
  }
  return candidates.sort((a, b) => b.score - a.score);
}

/** Rare words weigh more. One that occurs nowhere may be put in other words, so it weighs no more than the rarest found. */
function weigh(asked: ReadonlySet<string>, sentences: readonly ReadonlySet<string>[]): Map<string, number> {
  const frequencies = new Map(
    Array.from(asked, (word) => [word, sentences.reduce((count, words) => count + (words.has(word) ? 1 : 0), 0)]),
  );
  const least = Math.min(sentences.length + 1, ...[...frequencies.values()].filter((count) => count > 0));
  return new Map(
    Array.from(frequencies, ([word, count]) => [word, Math.log(1 + (sentences.length + 1) / (count || least))]),
  );
}

/** Code with nothing said before it is introduced by its heading. */
function withLead(row: Unit[], heading: string): Unit[] {
  const [first] = row;
  if (first === undefined || !isBlock(first) || row.some(canStandAlone) || heading === '') return row;
  return [{ kind: 'sentence', text: `${LEAD}${heading}${LEAD}` }, ...row];
}

function isLead({ text }: Unit): boolean {
  return text.startsWith(LEAD) && text.endsWith(LEAD);
}

/** What goes on in the best sentence's passage, or says something of the question that the chosen ones do not. */
function addsTo(chosen: readonly Candidate[], candidate: Candidate, asked: ReadonlySet<string>): boolean {
  if (candidate.number === chosen[0]?.number) return true;
  return [...candidate.words].some((word) => asked.has(word) && chosen.every(({ words }) => !words.has(word)));
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
    return picked.flatMap((candidate) => withCompany(candidate, picked, candidate === best));
  });
}

/** A sentence with what it cannot do without: the one it refers to, the code or the list that it announces. */
function withCompany(candidate: Candidate, picked: readonly Candidate[], isBest: boolean): Picked[] {
  const { row, at, number, unit } = candidate;
  const together: Picked[] = [];
  const before = row[at - 1];
  const isThere = (other: Unit | undefined) => picked.some((each) => each.unit === other);
  if (POINTS_BACK.test(unit.text) && before?.kind === 'sentence' && !isThere(before)) {
    if (before.text.length <= LONGEST_SENTENCE / 2) together.push({ number, unit: before });
  }
  together.push(candidate);
  const next = row[at + 1];
  const announces = ANNOUNCES.test(unit.text);
  const block = isBlock(next) ? next : null;
  const later = row[at + 2];
  if (block !== null && (isBest || announces)) together.push({ number, unit: block });
  else if (announces && next?.kind === 'item') together.push(...listAfter(candidate, picked));
  else if (isBest && next?.kind === 'sentence' && ANNOUNCES.test(next.text) && isBlock(later)) {
    // How it is done, in the sentence behind the one that says what is done.
    if (!isThere(next)) together.push({ number, unit: next }, { number, unit: later });
  }
  return together;
}

/** A block of code or a table that is short enough to be shown. */
function isBlock(unit: Unit | undefined): unit is Unit {
  return (unit?.kind === 'code' || unit?.kind === 'table') && unit.text.length <= LONGEST_CODE;
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
