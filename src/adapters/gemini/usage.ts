import { fields } from './untyped.ts';

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** More than any model takes: a number above it is none. */
const MOST_TOKENS = 1_000_000_000;

/** `usageMetadata` as far as a reply has it; thinking is billed as output. */
export function reportedTokens(reply: unknown): Tokens | null {
  const usage = fields(fields(reply).usageMetadata);
  const count = (key: string): number => {
    const value = usage[key];
    return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_TOKENS ? Number(value) : 0;
  };
  const input = count('promptTokenCount');
  return input === 0 ? null : { input, output: count('candidatesTokenCount') + count('thoughtsTokenCount') };
}

/** Embedding replies often say nothing of tokens: about 4 characters of Latin text or one of another script each. */
export function estimatedTokens(texts: readonly string[]): number {
  let quarters = 0;
  for (const text of texts) for (let i = 0; i < text.length; i += 1) quarters += text.charCodeAt(i) < 0x1100 ? 1 : 4;
  return Math.ceil(quarters / 4);
}
