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

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
