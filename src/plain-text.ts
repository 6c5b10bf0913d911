/** Every way to say that a line ends: some programs break a line at each of them. */
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

// Control characters, marks that turn the direction of writing, and what nobody sees: a name made of them could pass for
// another, and an address or a mention could be cut in two by them where we look for it, and whole where people see it.
// Joiners and selectors of variants stay: emoji, Persian and Japanese names are written with them.
const INVISIBLE =
  /(?!\t|\n|\p{Join_Control}|\p{Variation_Selector})[\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** The flags of England, Scotland and Wales are spelt in letters that nobody sees. */
const TAGGED_FLAG = /(\u{1f3f4}[\u{e0061}-\u{e007a}]{2,6}\u{e007f})/u;

/** What somebody wrote as it is seen: well-formed, its lines ended by `\n`, and nothing in it that steers how it is read. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(LINE_END, '\n')
    .split(TAGGED_FLAG)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(INVISIBLE, '')))
    .join('');
}

/** The same on one line; empty where all that is left steers how its neighbours are drawn, and it has none. */
export function plainLine(text: string): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  return /^[\s\p{Join_Control}\p{Variation_Selector}]*$/u.test(line) ? '' : line;
}

/** The same of JSON that was written already: what ends a line within its strings goes on doing so. */
export function plainJson(json: string): string {
  return plainText(json.replace(/[\u0085\u2028\u2029]/g, '\\n'));
}

/** Emoji are put together by joiners, and coloured by selectors, that are part of what is seen. */
const SEEN =
  /(?<=\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f)?)(?:\ufe0f|\u200d(?=\p{Extended_Pictographic}))/u.source;
const UNSEEN = new RegExp(
  `(${SEEN})|(?![\\t\\n])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]`,
  'gu',
);

/** Discord shows `<t:1795334401:t>` as a time of the reader's; elsewhere it is written out. @param write of a moment, ms */
export function withTimes(text: string, write: (at: number) => string = minuteInUtc): string {
  return text.replaceAll(/<t:(\d{1,11})(?::[a-zA-Z])?>/g, (_, seconds: string) => write(Number(seconds) * 1000));
}

const minuteInUtc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** What is looked at around a cut; hardly any character that people write is longer. */
const NEARBY = 64;

/** As much of a text as fits into `limit` UTF-16 units, without half of what a reader sees as one character. */
export function beginning(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const from = Math.max(0, limit - NEARBY);
  const cut = graphemes.segment(text.slice(from, limit + NEARBY)).containing(limit - from)?.index ?? 0;
  return cut > 0 ? text.slice(0, from + cut) : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}

/** For records, where nothing may be lost: what is not seen is written as `\u202e`, or `\u{e0041}`. Tabs and line ends stay. */
export function visibleText(text: string): string {
  return text.replaceAll(UNSEEN, (found: string, seen: string | undefined) =>
    seen === undefined ? escaped(found) : found,
  );
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
