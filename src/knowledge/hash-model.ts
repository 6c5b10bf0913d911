import { hash } from 'node:crypto';
import type { EmbeddableText } from './ports.ts';

/** What is embedded of a chunk: the same for every embedder, and what `textHash` is the hash of. */
export function embeddableText(title: string, headings: readonly string[], text: string): EmbeddableText {
  return { title: [title, ...headings].join(' › '), text };
}

/** SHA-256 (hex) of what is embedded: the key of the embedding cache, and how a passage is known to be as it was cut. */
export function textHashOf(title: string, headings: readonly string[], text: string): string {
  const embeddable = embeddableText(title, headings, text);
  return hash('sha256', JSON.stringify([embeddable.title, embeddable.text]), 'hex');
}

/** SHA-256 (hex) of a document's bytes as they were given. */
export const contentHashOf = (content: Uint8Array): string => hash('sha256', content, 'hex');
