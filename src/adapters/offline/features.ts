/** How the knowledge cuts texts into words, and which of them say little: `searchWords` and `commonWords`. */
export interface Vocabulary {
  readonly words: (text: string) => string[];
  readonly common: ReadonlySet<string>;
}

// The figures below were chosen by measurement: docs/decisions/0003-hybrid-retrieval.md.
const commonWeight = 0.1;
const hiraganaWordWeight = 0.3;
const hiraganaPairWeight = 0.15;
const gramLength = 4;
const gramWeight = 0.5;
const pairWeight = 0.8;

const dense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u30fc\u3005]{1,1024}/gu;
const hasDense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const hiragana = /^\p{sc=Hiragana}+$/u;

interface Feature {
  count: number;
  readonly weight: number;
}

/**
 * What a text is made of, with weights: its words; for alphabets the four-letter pieces of each word, so that `intent`
 * meets `intents`; for dense scripts the pairs of neighbouring characters, so that cutting words otherwise does no harm.
 * Repeats count by their square root.
 */
export function features(text: string, vocabulary: Vocabulary): Map<string, number> {
  const found = new Map<string, Feature>();
  for (const word of vocabulary.words(text)) {
    const inDense = hasDense.test(word);
    const weight = vocabulary.common.has(word) ? commonWeight : wordWeight(word);
    add(found, `w${word}`, weight);
    if (!inDense) addGrams(found, word, weight * gramWeight);
  }
  for (const [run] of text.normalize('NFKC').matchAll(dense)) addPairs(found, run);
  return new Map(Array.from(found, ([name, { count, weight }]) => [name, weight * Math.sqrt(count)]));
}

function wordWeight(word: string): number {
  return hiragana.test(word) ? hiraganaWordWeight : 1;
}

function addGrams(found: Map<string, Feature>, word: string, weight: number): void {
  const bounded = `^${word}$`;
  for (let start = 0; start + gramLength < bounded.length; start++) {
    add(found, `g${bounded.slice(start, start + gramLength)}`, weight);
  }
  if (bounded.length > gramLength) add(found, `g${bounded.slice(-gramLength)}`, weight);
}

function addPairs(found: Map<string, Feature>, run: string): void {
  for (let start = 0; start + 2 <= run.length; start++) {
    const pair = run.slice(start, start + 2);
    add(found, `p${pair}`, hiragana.test(pair) ? hiraganaPairWeight : pairWeight);
  }
}

function add(found: Map<string, Feature>, name: string, weight: number): void {
  const feature = found.get(name);
  if (feature === undefined) found.set(name, { count: 1, weight });
  else feature.count += 1;
}
