import { createRequire } from 'node:module';
import type { MarkdownNode } from '../../src/playground/web/client/markdown/tree.ts';
import { parseMarkdown } from '../../src/playground/web/client/markdown/blocks.ts';

/** What somebody sees of a message, and what it does, as one client reads it. */
export interface Reading {
  /** Where its links lead. */
  readonly addresses: string[];
  /** People, roles, channels and commands that it names. */
  readonly mentions: string[];
  /** Headings and small print. */
  readonly print: string[];
  /** What is to be read, with its marks: `bold(a)`. */
  look: string;
}

interface Node {
  readonly type: string;
  readonly content?: string | readonly Node[];
  readonly target?: string;
  readonly [key: string]: unknown;
}

// The package's types are those of a CommonJS build that knows nothing of its own tree.
const { parse } = createRequire(import.meta.url)('discord-markdown-parser') as {
  readonly parse: (text: string, type: 'extended') => readonly Node[];
};

/** Read by the package `discord-markdown-parser`, which goes by the rules of Discord's own client. */
export function readByPackage(text: string): Reading {
  const reading: Reading = { addresses: [], mentions: [], print: [], look: '' };
  walk(parse(text, 'extended'));
  return reading;

  function walk(nodes: string | readonly Node[] | undefined): void {
    if (typeof nodes === 'string') reading.look += nodes;
    else for (const node of nodes ?? []) visit(node);
  }

  function visit(node: Node): void {
    const { type, content, target } = node;
    if (target !== undefined) reading.addresses.push(target);
    if (MENTIONS.has(type)) reading.mentions.push(JSON.stringify(node));
    if (type === 'heading' || type === 'subtext') reading.print.push(JSON.stringify(content));
    if (type === 'text' || type === 'emoticon') return walk(content);
    reading.look += `${type}(`;
    walk(content);
    reading.look += target === undefined ? ')' : `)→${target}`;
  }
}

const MENTIONS = new Set(['user', 'role', 'channel', 'everyone', 'here', 'slashCommand', 'guildNavigation']);

/** Read by the local Discord's own page. */
export function readByPlayground(text: string): Reading {
  const reading: Reading = { addresses: [], mentions: [], print: [], look: '' };
  parseMarkdown(text).forEach(visit);
  return reading;

  function visit(node: MarkdownNode): void {
    if (node.kind === 'text') return void (reading.look += node.text);
    reading.look += `${node.kind}(`;
    if (node.kind === 'link') reading.addresses.push(node.url);
    if (/^(?:user|role|channel|everyone|command)$/.test(node.kind)) reading.mentions.push(JSON.stringify(node));
    if (node.kind === 'heading' || node.kind === 'subtext') reading.print.push(JSON.stringify(node));
    if ('items' in node) node.items.forEach((item) => item.forEach(visit));
    if ('children' in node) node.children.forEach(visit);
    if ('text' in node) reading.look += node.text;
    reading.look += node.kind === 'link' ? `)→${node.url}` : ')';
  }
}
