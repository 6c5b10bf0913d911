import { isUtf8 } from 'node:buffer';
import { AppError } from '../../errors.ts';

/**
 * Bytes to text with `\n` line ends: UTF-8, UTF-16 with a byte-order mark, Shift_JIS or EUC-JP.
 * @throws AppError `invalid` when the bytes are binary or in another encoding
 */
export function decodeText(bytes: Uint8Array): string {
  return normaliseLineEnds(decodeBytes(bytes, false));
}

/**
 * The same for the first bytes only, which may end inside a character.
 * @throws AppError `invalid` as `decodeText` does
 */
export function decodeStart(bytes: Uint8Array, length: number): string {
  return normaliseLineEnds(decodeBytes(bytes.subarray(0, length), bytes.length > length));
}

/**
 * The same check as `decodeText` without decoding it all, quick enough for the main thread at 10 MB.
 * @throws AppError `invalid` as `decodeText` does
 */
export function assertText(bytes: Uint8Array): void {
  if (utf16Of(bytes) !== null) return;
  if (bytes.includes(0)) throw notText();
  if (!isUtf8(bytes) && decodeJapanese(bytes.subarray(0, 65_536), true) === null) throw notText();
}

/** `partial`: the bytes may end inside a character. */
function decodeBytes(bytes: Uint8Array, partial: boolean): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== null) {
    const text = decodeAs(utf16, bytes, partial);
    if (text === null || text.includes('\0')) throw notText();
    return text;
  }
  if (bytes.includes(0)) throw notText();
  const text = decodeAs('utf-8', bytes, partial) ?? decodeJapanese(bytes, partial);
  if (text === null) throw notText();
  return text;
}

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

function decodeAs(encoding: string, bytes: Uint8Array, partial: boolean): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: partial });
  } catch (error) {
    if (error instanceof TypeError) return null; // what TextDecoder throws for bytes that the encoding does not have
    throw error;
  }
}

/**
 * EUC-JP bytes are often valid Shift_JIS and the other way round, and accented Latin-1 letters can look like kanji. What
 * tells them apart is that Japanese prose has kana and the wrong reading has half-width kana and rare characters.
 */
function decodeJapanese(bytes: Uint8Array, partial: boolean): string | null {
  const readings = ['shift_jis', 'euc-jp']
    .map((encoding) => decodeAs(encoding, bytes, partial))
    .filter((text) => text !== null)
    .map((text) => ({ text, plausibility: plausibilityOf(text) }))
    .sort((a, b) => b.plausibility - a.plausibility);
  const best = readings[0];
  return best !== undefined && best.plausibility > 0 ? best.text : null;
}

function plausibilityOf(text: string): number {
  let kana = 0;
  let foreign = 0;
  let odd = 0;
  for (let i = 0; i < Math.min(text.length, 65_536); i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    foreign += 1;
    if (code >= 0x3001 && code <= 0x30ff) kana += 1;
    else if ((code >= 0xff61 && code <= 0xff9f) || (code >= 0xe000 && code <= 0xf8ff) || code < 0xa0) odd += 1;
  }
  if (foreign === 0) return 0;
  return kana / foreign >= 0.15 && odd / foreign < 0.2 ? (kana - odd) / foreign : 0;
}

function normaliseLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function notText(): AppError {
  return new AppError('invalid', {
    en: 'This is not a text file that I can read. I read text in UTF-8, UTF-16, Shift_JIS or EUC-JP: save it as UTF-8 text (.md or .txt) and add it again.',
    ja: '読み取れるテキストファイルではないようです。対応している文字コードは UTF-8、UTF-16、Shift_JIS、EUC-JP です。UTF-8 のテキスト（.md または .txt）として保存し直してから、もう一度追加してください。',
  });
}
