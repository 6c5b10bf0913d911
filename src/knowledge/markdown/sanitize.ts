import { plainText } from '../../plain-text.ts';
import { codeIn, type Code } from '../code-spans.ts';
import { CODE, withoutHalfLinks, writeInline, type Context } from './inline.ts';

/** Stands for a block of code on a line of its own. */
const BLOCK = '\ufdd1';
const PLACEHOLDERS = /[\ufdd0\ufdd1]/g;
const QUOTE = /^ *>(?:>>)?(?: |$)/;
const BULLET = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;
/** What may stand in front of a line's words: the marks of blocks, and those around words or a label. */
const MARKS_IN_FRONT = /^(?:[\s>*_~|![+\-#]|\d{1,9}[.)]\s)+/;
/** Larger or smaller print, wherever among those. */
const PRINT = /(?<![^\s>*_~|[])(?:#{1,6}|-#)(?:\s+|$)/g;
const HEADING = /^\s*#{1,6}\s/;

/**
 * A text of others as a message's Markdown: parsed leniently, and written anew in the few forms that all of Discord's
 * clients read alike. It looks as it was meant and can do nothing: it links only to `allowed` addresses, mentions nobody,
 * and has neither headings (they become bold) nor small print, which are ours. Linear in the text's length.
 */
export function sanitizeMarkdown(text: string, allowed: ReadonlySet<string>): string {
  const clean = plainText(text).replace(PLACEHOLDERS, '');
  const codes = codeIn(clean);
  const blocks = codes.filter(({ block }) => block);
  const context: Context = {
    allowed,
    codes: codes
      .values()
      .filter(({ block }) => !block)
      .map(({ content }) => content),
    underscoresEnd: /_(?![0-9A-Za-z_])/.test(clean),
  };
  const written: string[] = [];
  let paragraph: {
    readonly prefix: string;
    readonly isHeading: boolean;
    readonly goesOn: boolean;
    text: string;
  } | null = null;
  let isQuotedToTheEnd = false;
  const endParagraph = () => {
    if (paragraph !== null)
      written.push(paragraph.prefix + writeParagraph(paragraph.text, paragraph.isHeading, context));
    paragraph = null;
  };
  for (const line of withPlaceholders(clean, codes).split('\n')) {
    if (line === BLOCK) {
      endParagraph();
      const block = blocks.shift();
      if (block !== undefined) written.push(...fenced(block));
      continue;
    }
    const { prefix, isHeading, begins, goesOn, quotesAll, rest } = beginOf(line, isQuotedToTheEnd);
    isQuotedToTheEnd ||= quotesAll;
    if (rest.trim() === '') {
      endParagraph();
      written.push(prefix.trimEnd());
    } else if (begins || paragraph?.goesOn !== true) {
      endParagraph();
      paragraph = { prefix, isHeading, goesOn, text: rest };
    } else paragraph.text += `\n${prefix}${rest}`;
  }
  endParagraph();
  return written.join('\n');
}

/** The text with a character for each piece of inline code, and a line for each block of it. */
function withPlaceholders(text: string, codes: readonly Code[]): string {
  let skeleton = '';
  let at = 0;
  for (const { start, end, block } of codes) {
    let before = text.slice(at, start);
    if (block) {
      // The marks of a list or a quotation in front of a block go: it stands by itself.
      const lineFrom = before.lastIndexOf('\n') + 1;
      const isOnlyMarks =
        /^[ \t>\-*+\d.)]*$/.test(before.slice(lineFrom)) && (lineFrom > 0 || at === 0 || skeleton.endsWith('\n'));
      if (isOnlyMarks) before = before.slice(0, lineFrom);
      else before += '\n';
    }
    at = block && text.charAt(end) === '\n' ? end + 1 : end;
    skeleton += before + (block ? `${BLOCK}${end < text.length ? '\n' : ''}` : CODE);
  }
  return skeleton + text.slice(at);
}

/** What a line begins with: whether that opens a block, and what is left of it. */
function beginOf(line: string, isQuotedToTheEnd: boolean) {
  const quote = QUOTE.exec(line)?.[0] ?? '';
  const isQuote = quote !== '' || isQuotedToTheEnd;
  let prefix = isQuote ? '> ' : '';
  const given = line.slice(quote.length);
  const isHeading = !isQuote && HEADING.test(given);
  let rest = given.replace(MARKS_IN_FRONT, (marks) =>
    // `#general` is none, though a line of `#` alone is.
    marks.replace(PRINT, (print, at: number) => (/\s$/.test(print) || at + print.length === given.length ? '' : print)),
  );
  let begins = isQuote || rest !== given;
  if (rest !== given && !BULLET.test(rest)) rest = rest.trimStart();
  for (let bullet = BULLET.exec(rest)?.[0]; bullet !== undefined; bullet = BULLET.exec(rest)?.[0]) {
    prefix += bullet;
    rest = rest.slice(bullet.length);
    begins = true;
  }
  // A line of a quotation or a list, and a heading, are read by themselves.
  return { prefix, isHeading, begins, goesOn: !isHeading && prefix === '', quotesAll: quote.trim() === '>>>', rest };
}

function writeParagraph(text: string, isHeading: boolean, context: Context): string {
  if (!isHeading) return withoutPrint(writeInline(text, context));
  const inside = withoutPrint(writeInline(text.replaceAll('**', ''), context, { marks: ['*', '**', '***'] }));
  return /\*\*|[*\\]$|^\s*(?:\*|$)/.test(inside) ? inside : `**${inside.trim()}**`;
}

/** Where a link was left out, larger print may have come to a line's beginning. */
function withoutPrint(written: string): string {
  return written.replace(/^(?:[^\S\n]|[>*_~|[])*(?=(?:#{1,6}|-#)(?:\s|$))/gm, '$&\\');
}

/** A block between lines of three backticks, without any within, so that it is left as it is. */
function fenced({ language, content }: Code): string[] {
  const body = content.replace(/`{3,}/g, (run) => 'ˋ'.repeat(run.length)).replace(/^\n+|\s+$/g, '');
  if (body.trim() === '') return [];
  return [`\`\`\`${language}`, withoutHalfLinks(body), '```'];
}
