import { createHash } from 'node:crypto';

/** The same for all ways to write the same question: by it, repeats are counted and what was dismissed is recognised. */
export function questionKey(question: string): string {
  const words = question.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
  const bare = words.replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, '');
  return createHash('sha256')
    .update(bare === '' ? words.trim() : bare)
    .digest('hex')
    .slice(0, 32);
}
