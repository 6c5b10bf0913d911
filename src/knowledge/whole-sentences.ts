const CITATIONS = String.raw`(?:[ \t]*[[【［][\d０-９,、，\s–〜～-]{1,20}[\]】］])*`;
/** “e.g.”, an initial, or the number of a list's item is no end. */
const NO_END = String.raw`(?<!\b(?:e\.g|i\.e|etc|vs|cf|approx|ca|Mr|Mrs|Ms|Dr|St|[A-Z])|^[ \t]*\d{1,3})`;
const END = new RegExp(
  [
    String.raw`[。！？]+[」』）】”’)]*${CITATIONS}`,
    String.raw`${NO_END}[.!?]+["'”’)\]*_]*${CITATIONS}(?=\s|$(?![^])|[^\x00-\x7f])`,
    // Where a line ends, and what follows does not go on with it.
    String.raw`\n(?=[ \t]*(?:\n|[-*+>#|]|\d{1,3}[.)][ \t]|\`\`\`))`,
    '^[ \\t]*```[ \\t]*$',
  ].join('|'),
  'gm',
);
const FENCE = /^[ \t]*```/gm;

/** What of a text that broke off can be shown: its whole sentences, list items and lines of code. */
export function wholeSentences(text: string): string {
  const fences = [...text.matchAll(FENCE)];
  const open = fences.length % 2 === 1 ? fences.at(-1)?.index : undefined;
  if (open !== undefined) {
    const lines = text.slice(0, text.lastIndexOf('\n'));
    // A block without a line of its own is none.
    return lines.length > open && lines.slice(open).includes('\n') ? lines : wholeSentences(text.slice(0, open));
  }
  const ends = [...text.matchAll(END)].map(({ index, 0: end }) => index + end.length);
  const end = ends.findLast((at) => isBalanced(text.slice(0, at))) ?? 0;
  return withoutAnnouncement(text.slice(0, end).trimEnd());
}

/** Not within code, bold text or a link's label. */
function isBalanced(text: string): boolean {
  if ([...text.matchAll(FENCE)].length % 2 === 1) return false;
  const paragraph = text.slice(text.lastIndexOf('\n\n') + 1);
  const count = (mark: string) => paragraph.split(mark).length - 1;
  if (paragraph.includes('```')) return true;
  return count('`') % 2 === 0 && count('**') % 2 === 0 && paragraph.lastIndexOf('[') <= paragraph.lastIndexOf(']');
}

/** “Do this:” announces what is not there any more. */
function withoutAnnouncement(text: string): string {
  const before = text.lastIndexOf('\n');
  return before > 0 && /[:：]$/.test(text) ? text.slice(0, before).trimEnd() : text;
}
