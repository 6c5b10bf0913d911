import { parseInline } from './inline.ts';
import type { MarkdownNode } from './tree.ts';

const fence = /```(?:([\w+\-.#]*)\n)?\n*([^\n][^]*?)\n*```/y;
const heading = /^(#{1,3}) +(\S.*)$/;
const subtext = /^-# +(\S.*)$/;
const quote = /^> ?(.*)$/;
const item = /^( *)(?:[-*]|(\d{1,9})\.) +(\S.*)$/;

/** Parses a message's content the way Discord does: newlines count, blocks start at the start of a line. */
export function parseMarkdown(text: string): MarkdownNode[] {
  return parseBlocks(text.replaceAll('\r\n', '\n'), false);
}

function parseBlocks(text: string, quoted: boolean): MarkdownNode[] {
  const nodes: MarkdownNode[] = [];
  let paragraph = '';
  let at = 0;
  // A block swallows the line break before and after it; breaks within a paragraph stay.
  const flush = (beforeBlock: boolean) => {
    const kept = beforeBlock ? paragraph.replace(/\n$/, '') : paragraph;
    if (kept) nodes.push(...parseInline(kept));
    paragraph = '';
  };
  while (at < text.length) {
    const end = endOfLine(text, at);
    const line = text.slice(at, end);
    if (!quoted && line.startsWith('>>> ')) {
      flush(true);
      nodes.push({ kind: 'quote', children: parseBlocks(text.slice(at + 4), true) });
      return nodes;
    }
    const block = (quoted ? null : readQuote(text, at)) ?? readList(text, at) ?? readLineBlock(line, at);
    if (block) {
      flush(true);
      nodes.push(block.node);
      at = block.end + 1;
      continue;
    }
    const fenced = findFence(text, at, end);
    if (fenced) {
      paragraph += text.slice(at, fenced.start);
      flush(true);
      nodes.push({ kind: 'codeBlock', language: fenced.language, text: fenced.text });
      at = text.charAt(fenced.end) === '\n' ? fenced.end + 1 : fenced.end;
      continue;
    }
    paragraph += text.slice(at, end + 1);
    at = end + 1;
  }
  flush(false);
  return nodes;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function findFence(text: string, at: number, end: number) {
  for (let start = text.indexOf('```', at); start !== -1 && start < end; start = text.indexOf('```', start + 1)) {
    fence.lastIndex = start;
    const match = fence.exec(text);
    if (match) return { start, end: fence.lastIndex, language: match[1] ?? '', text: match[2] ?? '' };
  }
  return null;
}

function readQuote(text: string, at: number): { node: MarkdownNode; end: number } | null {
  const lines: string[] = [];
  let end = at - 1;
  for (let from = at; from <= text.length; from = end + 1) {
    const line = text.slice(from, endOfLine(text, from));
    const match = quote.exec(line);
    if (!match || !`${line} `.startsWith('> ')) break;
    lines.push(match[1] ?? '');
    end = endOfLine(text, from);
  }
  return lines.length === 0 ? null : { node: { kind: 'quote', children: parseBlocks(lines.join('\n'), true) }, end };
}

function readList(text: string, at: number): { node: MarkdownNode; end: number } | null {
  const first = item.exec(text.slice(at, endOfLine(text, at)));
  if (!first) return null;
  const indent = first[1]?.length ?? 0;
  const items: MarkdownNode[][] = [];
  let end = at;
  for (let from = at; from < text.length; from = end + 1) {
    const line = text.slice(from, endOfLine(text, from));
    const match = item.exec(line);
    const depth = match?.[1]?.length ?? line.length - line.trimStart().length;
    const last = items.at(-1);
    if (match && depth <= indent && (match[2] === undefined) === (first[2] === undefined) && depth === indent) {
      items.push(parseInline(match[3] ?? ''));
      end = endOfLine(text, from);
    } else if (match && depth > indent && last) {
      const inner = readList(text, from);
      if (!inner) break;
      last.push(inner.node);
      end = inner.end;
    } else if (!match && depth > indent && line.trim() && last) {
      last.push({ kind: 'text', text: '\n' }, ...parseInline(line.trim())); // a continuation line of the item
      end = endOfLine(text, from);
    } else break;
  }
  return { node: { kind: 'list', start: first[2] === undefined ? null : Number(first[2]), items }, end };
}

function readLineBlock(line: string, at: number): { node: MarkdownNode; end: number } | null {
  const end = at + line.length;
  const small = subtext.exec(line);
  if (small) return { node: { kind: 'subtext', children: parseInline(small[1] ?? '') }, end };
  const title = heading.exec(line);
  if (!title) return null;
  const level = title[1]?.length === 1 ? 1 : title[1]?.length === 2 ? 2 : 3;
  return { node: { kind: 'heading', level, children: parseInline(title[2] ?? '') }, end };
}
