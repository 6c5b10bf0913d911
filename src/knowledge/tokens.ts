/**
 * How many model tokens a text probably has. Models count differently and counting exactly needs a call; this errs on
 * the high side, which is the safe side for limits. One token is about 4 characters of English
 * (ai.google.dev/gemini-api/docs/tokens); digits and punctuation come out denser in code and tables, and CJK text has
 * about one token a character.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(tokenWeight(text, 0, text.length));
}

/** The same for a part of a text, not rounded up: weights of parts add up to the weight of the whole. */
export function tokenWeight(text: string, from = 0, to = text.length): number {
  let weight = 0;
  for (let i = from; i < to; i += 1) weight += weightOf(text.charCodeAt(i));
  return weight;
}

/** The end of the longest part of `text` from `from` on that weighs no more than `budget`; at least one character. */
export function endWithin(text: string, from: number, budget: number): number {
  let weight = 0;
  let at = from;
  while (at < text.length) {
    weight += weightOf(text.charCodeAt(at));
    if (weight > budget) break;
    at += 1;
  }
  return Math.max(at, Math.min(from + 1, text.length));
}

function weightOf(code: number): number {
  if (code < 0x80) return isLetterOrSpace(code) ? 0.25 : 0.5;
  return code < 0x1100 ? 0.5 : 1;
}

function isLetterOrSpace(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code <= 0x20;
}
