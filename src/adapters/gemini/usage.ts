export interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** `usageMetadata` as far as a reply has it; thinking is billed as output. */
export function reportedTokens(reply: unknown): Tokens | null {
  const usage = fields(fields(reply).usageMetadata);
  const count = (key: string): number => (typeof usage[key] === 'number' ? usage[key] : 0);
  const input = count('promptTokenCount');
  return input === 0 ? null : { input, output: count('candidatesTokenCount') + count('thoughtsTokenCount') };
}

/** Embedding replies often say nothing of tokens: about 4 characters of Latin text or one of another script each. */
export function estimatedTokens(texts: readonly string[]): number {
  let quarters = 0;
  for (const text of texts) for (let i = 0; i < text.length; i += 1) quarters += text.charCodeAt(i) < 0x1100 ? 1 : 4;
  return Math.ceil(quarters / 4);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
