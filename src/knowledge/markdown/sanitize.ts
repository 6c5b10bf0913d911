import { plainText } from '../../plain-text.ts';
import { codeIn, type Code } from '../code-spans.ts';
import { CODE, neutral, unlinkedLabels, writeInline, type Context } from './inline.ts';

/** Stands for a block of code on a line of its own. */
const BLOCK = '\ufdd1';
const PLACEHOLDERS = /[\ufdd0\ufdd1]/g;
const QUOTE = /^ *>(?:>>)?(?: |$)/;
const BULLET = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;
/** Larger or smaller print, also where marks or a label stand in front of it. */
const PRINT = /^([ \t]*[*_~|[]*)(?:#{1,6}|-#)[ \t]+/;

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
    codes: codes.filter(({ block }) => !block).map(({ content }) => content),
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
      if (block !== undefined) written.push(...fenced(block, allowed));
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
  let rest = line.slice(quote.length);
  let begins = isQuote;
  let isHeading = false;
  for (;;) {
    const bullet = BULLET.exec(rest)?.[0];
    const print = PRINT.exec(rest);
    if (print !== null) {
      isHeading ||= !begins && print[1]?.trim() === '' && print[0].includes('#') && !print[0].includes('-#');
      rest = (print[1] ?? '') + rest.slice(print[0].length);
      if (print[1]?.trim() === '') rest = rest.trimStart();
    } else if (bullet !== undefined) {
      prefix += bullet;
      rest = rest.slice(bullet.length);
    } else break;
    begins = true;
  }
  // A line of a quotation, and a heading, are read by themselves.
  return { prefix, isHeading, begins, goesOn: !isQuote && !isHeading, quotesAll: quote.trim() === '>>>', rest };
}

function writeParagraph(text: string, isHeading: boolean, context: Context): string {
  if (!isHeading) return writeInline(text, context);
  const inside = writeInline(text.replaceAll('**', ''), context, { marks: ['*', '**', '***'] });
  return inside.includes('**') || inside.endsWith('\\') ? inside : `**${inside.trim()}**`;
}

/**
 * A block between lines of three backticks, without any within. Where it has a single one, something in front of it
 * might be read as one code with its beginning: then nothing in it can be a link or a mention either.
 */
function fenced({ language, content }: Code, allowed: ReadonlySet<string>): string[] {
  const body = content.replace(/`{3,}/g, (run) => 'ˋ'.repeat(run.length)).replace(/^\n+|\s+$/g, '');
  if (body.trim() === '') return [];
  const safe = body.includes('`')
    ? neutral(body, allowed).replace(/^([ \t]*-)(?=# )/gm, '$1\u200b')
    : unlinkedLabels(body);
  return [`\`\`\`${language}`, safe, '```'];
}
