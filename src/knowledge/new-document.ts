import { AppError } from '../errors.ts';
import type { AddRequest } from './api.ts';
import type { NewDocument } from './model.ts';

const titleCharacters = 200;

/** A request in the shape that is stored; content without text is refused. @throws AppError `invalid`, `limit` */
export function parseNewDocument(request: AddRequest, limitBytes: number): NewDocument {
  const { guildId, content, addedBy, url = null, replyTo = null } = request;
  const name = cleanName(request.name);
  const title = cleanName(request.title) || name;
  if (title === '') throw invalid('Give the text a title.', 'タイトルを入力してください。');
  if (content.byteLength > limitBytes) throw tooLarge(content.byteLength, limitBytes);
  if (isBlank(content)) {
    throw invalid(`“${title}” is empty: there is nothing to learn.`, `「${title}」は空です。本文を入力してください。`);
  }
  return { guildId, title, name: name || title, url, content, addedBy, replyTo };
}

/** One line without control characters, or the marks that turn the direction of what follows; not cut inside a character. */
function cleanName(text: string): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return Array.from(clean).slice(0, titleCharacters).join('').trim();
}

/** Nothing but a byte order mark and ASCII white space, in whichever encoding; what else is empty the chunker finds. */
function isBlank(content: Uint8Array): boolean {
  const [first = 0] = content;
  const mark = first >= 0xfe ? 2 : first === 0xef ? 3 : 0;
  return content.subarray(mark).every((byte) => byte <= 0x20);
}

function invalid(en: string, ja: string): AppError {
  return new AppError('invalid', { en, ja });
}

function tooLarge(bytes: number, limitBytes: number): AppError {
  const megabytes = (size: number) => (size / 1_000_000).toFixed(1);
  return new AppError('limit', {
    en: `The text has ${megabytes(bytes)} MB, and I take up to ${megabytes(limitBytes)} MB. Split it and add the parts.`,
    ja: `テキストは ${megabytes(bytes)} MB です。上限は ${megabytes(limitBytes)} MB ですので、分割して追加してください。`,
  });
}
