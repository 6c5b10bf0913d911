import type { Block } from '../../knowledge/ports.ts';
import { decodeText } from './decode.ts';
import { readFrontMatter } from './front-matter.ts';
import { readBlocks } from './markdown.ts';

/**
 * The blocks of a document as it was given. The name's ending tells plain text (`.txt`) from Markdown (all others).
 * @throws AppError `invalid` when the bytes are no text
 */
export function readDocument(content: Uint8Array, name: string): Block[] {
  const text = decodeText(content);
  return readBlocks(text.slice(readFrontMatter(text).end), /\.(?:txt|log)$/i.test(name));
}
