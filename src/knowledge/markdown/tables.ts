import { codeIn } from '../code-spans.ts';

const RULE = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const ROW = /^[ \t]*\|.*\|[ \t]*$/;

/** The text with its tables as lists, which Discord can show: of each row its cells, with the names of their columns. */
export function tablesAsLists(text: string): string {
  let written = '';
  let at = 0;
  for (const { start, end, block } of codeIn(text)) {
    if (!block) continue;
    written += listsIn(text.slice(at, start)) + text.slice(start, end);
    at = end;
  }
  return written + listsIn(text.slice(at));
}

function listsIn(prose: string): string {
  const lines = prose.split('\n');
  const written: string[] = [];
  let names: readonly string[] = [];
  for (const [index, line] of lines.entries()) {
    const isRule = line.includes('|') && RULE.test(line);
    const isInTable = line.includes('|') && (names.length > 0 || ROW.test(line) || isNamed(lines, index));
    if (!isInTable && !isRule) {
      names = [];
      written.push(line);
    } else if (isNamed(lines, index)) names = cellsOf(line);
    else if (!isRule) written.push(asItem(cellsOf(line), names));
  }
  return written.join('\n');
}

/** The row of names has the rule below it. */
function isNamed(lines: readonly string[], index: number): boolean {
  const next = lines[index + 1] ?? '';
  return (lines[index] ?? '').includes('|') && next.includes('-') && next.includes('|') && RULE.test(next);
}

function cellsOf(row: string): string[] {
  const inside = row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function asItem(cells: readonly string[], names: readonly string[]): string {
  const [first = '', ...rest] = cells;
  const head = first === '' || /[*`]/.test(first) ? first : `**${first}**`;
  const others = rest.map((cell, index) => {
    const name = names[index + 1] ?? '';
    return cell === '' || name === '' ? cell : `${name}: ${cell}`;
  });
  return `- ${[head, ...others].filter((part) => part !== '').join(' · ')}`;
}
