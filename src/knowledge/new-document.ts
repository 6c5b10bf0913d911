import { AppError } from '../errors.ts';
import { plainLine } from '../plain-text.ts';
import type { AddRequest } from './api.ts';
import type { NewDocument } from './model.ts';

const titleCharacters = 200;

/** What to call a text that was given without a title; null where it has nothing that could be one. */
export type TitleOf = (content: Uint8Array, name: string) => string | null;

/**
 * A request in the shape that is stored; content without text is refused. A title that somebody gave counts before the
 * text's own. @throws AppError `invalid`
 */
export function parseNewDocument(request: AddRequest, limitBytes: number, titleOf: TitleOf): NewDocument {
  const { guildId, content, addedBy, url = null, replyTo = null } = request;
  const name = cleanName(request.name);
  const given = cleanName(request.title ?? '');
  if (content.byteLength > limitBytes) throw tooLarge(content.byteLength, limitBytes);
  if (isBlank(content)) {
    const what = given || name;
    if (what === '') throw invalid('The text is empty: there is nothing to learn.', '本文が空です。入力してください。');
    throw invalid(`“${what}” is empty: there is nothing to learn.`, `「${what}」は空です。本文を入力してください。`);
  }
  const title = given || cleanName(titleOf(content, name) ?? '') || name;
  if (title === '') throw invalid('Give the text a title.', 'タイトルを入力してください。');
  return { guildId, title, name: name || title, url, content, addedBy, replyTo };
}

/** One line of what is seen; not cut inside a character. */
function cleanName(text: string): string {
  return Array.from(plainLine(text)).slice(0, titleCharacters).join('').trim();
}

/** Nothing but a byte order mark and ASCII white space, in whichever encoding; what else is empty the chunker finds. */
function isBlank(content: Uint8Array): boolean {
  const [first = 0] = content;
  const mark = first >= 0xfe ? 2 : first === 0xef ? 3 : 0;
  // A loop takes a tenth of what a function for each of ten million bytes does, and nobody is served meanwhile.
  for (let at = mark; at < content.length; at += 1) if ((content[at] ?? 0) > 0x20) return false;
  return true;
}

function invalid(en: string, ja: string): AppError {
  return new AppError('invalid', { en, ja });
}

function tooLarge(bytes: number, limitBytes: number): AppError {
  const megabytes = (size: number) => (size / 1_000_000).toFixed(1);
  return new AppError('invalid', {
    en: `The text has ${megabytes(bytes)} MB, and I take up to ${megabytes(limitBytes)} MB. Split it and add the parts.`,
    ja: `テキストは ${megabytes(bytes)} MB です。上限は ${megabytes(limitBytes)} MB ですので、分割して追加してください。`,
  });
}
