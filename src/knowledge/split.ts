import type { Block } from './ports.ts';
import { cutLines, cutProse, packUnits } from './cut.ts';
import { tokenWeight } from './tokens.ts';

/** Cuts a block that is too long into pieces of at most `budget` tokens, each readable by itself. */
export function splitBlock(block: Block, budget: number): string[] {
  switch (block.kind) {
    case 'code':
      return splitCode(block.text, budget);
    case 'table':
      return splitTable(block.text, budget);
    case 'list':
      return packUnits(itemsOf(block), budget, (item) => cutLines(item, budget));
    case 'paragraph':
      return cutProse(block.text, budget);
    case 'html':
    case 'quote':
    default:
      return cutLines(block.text, budget);
  }
}

function itemsOf({ text, breaks }: Block): string[] {
  const starts = [0, ...breaks];
  return starts.map((start, index) => text.slice(start, starts[index + 1] ?? text.length));
}

/** Every piece is a fence of its own with the info string of the first; an unclosed fence is closed. */
function splitCode(text: string, budget: number): string[] {
  const firstLine = text.indexOf('\n');
  const open = firstLine === -1 || firstLine > 1_000 ? '' : text.slice(0, firstLine);
  const [, indent = '', mark = ''] = /^( {0,3})(`{3,}|~{3,})/.exec(open) ?? [];
  const room = budget - tokenWeight(open) - tokenWeight(mark) - 2;
  if (mark === '' || room < budget / 2) return cutLines(text, budget);
  return cutLines(codeInside(text.slice(firstLine + 1), mark), room).map(
    (piece) => `${open}\n${piece}\n${indent}${mark}`,
  );
}

function codeInside(body: string, mark: string): string {
  const end = body.trimEnd();
  const lastLine = end.lastIndexOf('\n') + 1;
  const last = end.slice(lastLine).trim();
  const closes = last.startsWith(mark) && last.replaceAll(mark.charAt(0), '') === '';
  return closes ? end.slice(0, lastLine) : body;
}

/** Every piece repeats the header row and its rule, so that the columns keep their names. */
function splitTable(text: string, budget: number): string[] {
  const second = text.indexOf('\n', text.indexOf('\n') + 1);
  const header = second === -1 ? text : text.slice(0, second);
  const room = budget - tokenWeight(header) - 1;
  if (second === -1 || room < budget / 4) return cutLines(text, budget);
  return cutLines(text.slice(second + 1), room).map((piece) => `${header}\n${piece}`);
}
