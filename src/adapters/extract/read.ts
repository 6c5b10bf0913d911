import type { Block } from '../../knowledge/ports.ts';
import { decodeStart, decodeText } from './decode.ts';
import { readFrontMatter } from './front-matter.ts';
import { plainHeading } from './headings.ts';
import { readBlocks } from './markdown.ts';

/**
 * The blocks of a document as it was given. The name's ending tells plain text (`.txt`) from Markdown (all others).
 * @throws AppError `invalid` when the bytes are no text
 */
export function readDocument(content: Uint8Array, name: string): Block[] {
  const text = decodeText(content);
  return readBlocks(text.slice(readFrontMatter(text).end), /\.(?:txt|log)$/i.test(name));
}

const TITLE_WITHIN = 65_536;

/**
 * The title that a document gives itself: front matter's `title`, else its first top heading; null when it has none.
 * Looks at the first 64 KB only, so that it may be called on the main thread.
 * @throws AppError `invalid` when it is given bytes that are no text
 */
export function titleOf(content: string | Uint8Array): string | null {
  const text = typeof content === 'string' ? content : decodeStart(content, TITLE_WITHIN);
  const head = text.slice(0, TITLE_WITHIN);
  const { title, end } = readFrontMatter(head);
  return title ?? firstTopHeading(head.slice(end));
}

/** Read with a line scan instead of the parser: fences are skipped so that a `# comment` in code is no title. */
function firstTopHeading(text: string): string | null {
  let fence: string | null = null;
  let previous = '';
  for (const whole of text.split('\n')) {
    const line = whole.slice(0, 1_000);
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null;
    if (fence !== null) {
      if (mark?.startsWith(fence)) fence = null;
    } else if (mark !== null) {
      fence = mark;
    } else {
      const atx = /^ {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
      const title = plainHeading(atx ?? (/^ {0,3}=+[ \t]*$/.test(line) ? previous : ''));
      if (title !== '') return title;
    }
    previous = line;
  }
  return null;
}
