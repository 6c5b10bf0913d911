/** The smallest part of a passage that can be shown by itself. */
export interface Unit {
  readonly kind: 'sentence' | 'item' | 'code' | 'table';
  readonly text: string;
}

const sentences = new Intl.Segmenter('ja', { granularity: 'sentence' });
const ABBREVIATION = /(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|al)\.|\b[A-Z]\.)\s*$/i;
/** Unicode's rules give what opens behind a full stop to the sentence before. */
const OPENING = /(?<![\p{Ps}\p{Pi}])[\p{Ps}\p{Pi}]+$/u;
const JAPANESE_END = /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]$/u;
const LONGEST_PARAGRAPH = 20_000;

/** A passage's sentences, list items, tables and blocks of code, in order; headings and markup are left out. */
export function unitsOf(passage: string): Unit[] {
  const units: Unit[] = [];
  const paragraph: string[] = [];
  const endParagraph = () => {
    const text = joinLines(paragraph.splice(0));
    for (const sentence of sentencesOf(text)) units.push({ kind: 'sentence', text: sentence });
  };
  const lines = withoutMarkup(passage).split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      endParagraph();
      const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence));
      // Half a block of code is never shown.
      if (end !== -1) units.push({ kind: 'code', text: codeBlock(line, lines.slice(at + 1, end)) });
      at = end === -1 ? lines.length : end;
    } else if (/^[ \t]*\|.*\|[ \t]*$/.test(line)) {
      endParagraph();
      const rows = [line];
      while (/^[ \t]*\|/.test(lines[at + 1] ?? '')) rows.push(lines[(at += 1)] ?? '');
      units.push({ kind: 'table', text: `\`\`\`\n${rows.join('\n').replaceAll('`', '')}\n\`\`\`` });
    } else if (line.trim() === '' || /^\s{0,3}(?:#{1,6}\s|:{3,}|[-=*_]{3,}\s*$)/.test(line)) {
      endParagraph();
    } else if (/^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+/.test(line)) {
      endParagraph();
      const item = [line.replace(/^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+/, '')];
      // What is indented below an item belongs to it.
      while (/^[ \t]+[^\s\-*+\d`|]/.test(lines[at + 1] ?? '')) item.push(lines[(at += 1)] ?? '');
      units.push({ kind: 'item', text: joinLines(item) });
    } else paragraph.push(line.replace(/^[ \t]*>[ \t]?/, ''));
  }
  endParagraph();
  return units.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
}

function sentencesOf(paragraph: string): string[] {
  const found: string[] = [];
  let opening = '';
  for (const piece of sentences.segment(paragraph.slice(0, LONGEST_PARAGRAPH))) {
    const whole = opening + piece.segment;
    opening = OPENING.exec(whole)?.[0] ?? '';
    const segment = whole.slice(0, whole.length - opening.length);
    const last = found.at(-1);
    // A full stop within code or behind an abbreviation ends no sentence.
    const goesOn = last !== undefined && (ABBREVIATION.test(last) || (last.split('`').length - 1) % 2 === 1);
    if (goesOn) found[found.length - 1] = last + segment;
    else found.push(segment);
  }
  found.push(opening);
  return found.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

function joinLines(lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    const next = line.trim().replace(/\s*\\$/, '');
    if (text === '') return next;
    return JAPANESE_END.test(text) ? text + next : `${text} ${next}`;
  }, '');
}

function codeBlock(opening: string, lines: readonly string[]): string {
  const language = /^[ \t]*[`~]{3,}[ \t]*([\w+#.-]{0,20})/.exec(opening)?.[1] ?? '';
  return `\`\`\`${language}\n${lines.join('\n').replaceAll('```', "'''").replaceAll('\t', '  ')}\n\`\`\``;
}

/** Without images, comments and tags; a component with nothing inside stands for its first attribute. */
function withoutMarkup(text: string): string {
  return text
    .split(/^([ \t]*(?:`{3,}(?!`)|~{3,}(?!~))[\s\S]*?^[ \t]*(?:`{3,}|~{3,})[ \t]*$)/m)
    .map((part, index) => (index % 2 === 1 ? part : withoutTags(part)))
    .join('');
}

function withoutTags(prose: string): string {
  return prose
    .replace(/!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)/g, '')
    .replace(/<!--[\s\S]{0,5000}?-->/g, '')
    .replace(/<[A-Z]\w{0,40}\s+[\w:-]{1,40}="([^"\n:]{1,200})[^>\n]{0,300}\/>/g, '`$1`')
    .replace(
      /<(?:!doctype|\/?[A-Za-z][\w-]{0,40}(?:\s[^<>`]{0,500})?)\/?>(?![^`\n]*`(?:[^`\n]*`[^`\n]*`)*[^`\n]*$)/g,
      '',
    );
}
