import MarkdownIt from 'markdown-it';
import type { Block } from '../../knowledge/ports.ts';
import { createHeadingPath, plainHeading } from './headings.ts';
import { indexLines } from './lines.ts';

type Parser = InstanceType<typeof MarkdownIt>;
type Token = ReturnType<Parser['parse']>[number];

/** Beyond this the parser's tokens would need more memory than a small server has; such a text is read as plain. */
const MOST_LINES = 250_000;

/** The parser keeps three tokens a cell, 170 bytes each: of more cells than these, only where a table stands is read. */
const MOST_CELLS = 100_000;
const KINDS: Readonly<Record<string, Block['kind']>> = {
  paragraph_open: 'paragraph',
  bullet_list_open: 'list',
  ordered_list_open: 'list',
  table_open: 'table',
  fence: 'code',
  code_block: 'code',
  blockquote_open: 'quote',
  html_block: 'html',
};

/**
 * The blocks of a Markdown text. Only the block structure is parsed, and every line that is neither blank, a heading nor
 * a rule ends up in exactly one block, whatever the parser makes of it.
 * `plain` reads a `.txt` file: an indented paragraph is not code there, and a row of dashes makes no heading.
 */
export function readBlocks(text: string, plain = false): Block[] {
  const lines = indexLines(text);
  const blocks: Block[] = [];
  const headings = createHeadingPath();
  const hasTables = cellsIn(text) <= MOST_CELLS;
  let next = 0;

  const take = (kind: Block['kind'], from: number, to: number, itemLines: readonly number[] = []): void => {
    next = Math.max(next, to);
    let first = from;
    while (first < to && lines.between(first, first + 1).trim() === '') first += 1;
    const source = lines.between(first, to).trimEnd();
    if (source === '') return;
    const origin = lines.start(first);
    const isTable = kind === 'paragraph' && !hasTables && isRule(lines.between(first + 1, first + 2));
    const breaks = itemLines.map((line) => lines.start(line) - origin).filter((at) => at > 0);
    blocks.push({ kind: isTable ? 'table' : kind, headings: headings.path(), text: source, breaks });
  };

  const tokens = lines.count > MOST_LINES ? [] : createParser(plain, hasTables).parse(text, {});
  for (const [index, token] of tokens.entries()) {
    const [from, to] = token.map ?? [0, 0];
    if (token.level !== 0 || token.nesting === -1 || to <= from) continue;
    if (from > next) take('paragraph', next, from);
    const kind = KINDS[token.type];
    if (kind !== undefined) take(kind, from, to, kind === 'list' ? itemLinesOf(tokens, index) : []);
    else if (token.type === 'heading_open') {
      headings.enter(Number(token.tag.slice(1)), plainHeading(tokens[index + 1]?.content ?? ''));
    }
    next = Math.max(next, to);
  }
  takeRest(next);
  return blocks;

  /** Lines that the parser gave no block, or all of a text too long for it: paragraphs between blank lines. */
  function takeRest(from: number): void {
    let first = from;
    for (let line = from; line < lines.count; line += 1) {
      if (lines.between(line, line + 1).trim() !== '') continue;
      take('paragraph', first, line);
      first = line + 1;
    }
    take('paragraph', first, lines.count);
  }
}

function createParser(plain: boolean, hasTables: boolean): Parser {
  const parser = new MarkdownIt({ html: true });
  parser.core.ruler.enableOnly(['normalize', 'block']);
  parser.block.ruler.disable(plain ? ['reference', 'code', 'lheading', 'hr'] : ['reference']); // definitions stay text
  if (!hasTables) parser.block.ruler.disable('table');
  return parser;
}

function cellsIn(text: string): number {
  let cells = 0;
  for (let at = text.indexOf('|'); at !== -1; at = text.indexOf('|', at + 1)) cells += 1;
  return cells;
}

/** The row under a table's header: dashes between bars. */
const isRule = (line: string): boolean => /^[|:\- \t]+\n?$/.test(line) && line.includes('|') && line.includes('-');

/** First lines of a list's own items (not of lists inside them). */
function itemLinesOf(tokens: readonly Token[], list: number): number[] {
  const lines: number[] = [];
  for (let i = list + 1; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token === undefined || token.level === 0) break;
    if (token.level === 1 && token.type === 'list_item_open' && token.map) lines.push(token.map[0]);
  }
  return lines;
}
