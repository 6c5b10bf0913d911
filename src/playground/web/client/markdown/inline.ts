import type { MarkdownNode } from './tree.ts';

type Rule = readonly [pattern: RegExp, build: (match: RegExpExecArray, depth: number) => MarkdownNode | null];

/** Deeper nesting than any real message has; the rest is shown as it was typed. */
const MAX_DEPTH = 12;

// In Discord's order of precedence. Every pattern is sticky: it matches at the reader's position or not at all.
const rules: readonly Rule[] = [
  [/\\([^0-9A-Za-z\s])/y, ([, text = '']) => ({ kind: 'text', text })],
  [/(`+)([^]*?[^`])\1(?!`)/y, ([, , text = '']) => ({ kind: 'code', text: text.replace(/^ (.*) $/s, '$1') })],
  [/<(https?:\/\/[^\s>]+)>/y, ([, url = '']) => link(url)],
  [/<@!?(\d{1,20})>/y, ([, id = '']) => ({ kind: 'user', id })],
  [/<@&(\d{1,20})>/y, ([, id = '']) => ({ kind: 'role', id })],
  [/<#(\d{1,20})>/y, ([, id = '']) => ({ kind: 'channel', id })],
  [/<\/([^:<>\n]{1,100}):(\d{1,20})>/y, ([, name = '', id = '']) => ({ kind: 'command', name, id })],
  [
    /<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y,
    ([, at, style]) => ({ kind: 'timestamp', seconds: Number(at), style: style ?? 'f' }),
  ],
  [/<a?:(\w{1,32}):\d{1,20}>/y, ([, name = '']) => ({ kind: 'emoji', name })],
  [/@(everyone|here)\b/y, ([, who]) => ({ kind: 'everyone', text: who === 'here' ? '@here' : '@everyone' })],
  [
    /\[((?:\\.|\[[^[\]]*\]|[^[\]\\])+)\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\)/y,
    ([, label = '', url = ''], depth) => ({ kind: 'link', url, children: parseInline(label, depth + 1) }),
  ],
  [/https?:\/\/[^\s<]+[^\s<.,:;"')\]*_~|]/y, ([url]) => link(url)],
  mark('bold', /\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/y),
  mark('underline', /__((?:\\[^]|[^\\])+?)__(?!_)/y),
  mark('italic', /\*(?=\S)((?:\*\*|\\[^]|\s+(?:\\[^]|[^*\s\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/y),
  mark('italic', /(?<![\p{L}\p{N}])_((?:__|\\[^]|[^\\_])+?)_(?![\p{L}\p{N}_])/uy),
  mark('strike', /~~((?:\\[^]|[^\\])+?)~~/y),
  mark('spoiler', /\|\|([^]+?)\|\|/y),
];

const special = /[\\`<@[*_~|]|https?:\/\//g;

function mark(kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler', pattern: RegExp): Rule {
  return [pattern, ([, inner = ''], depth) => ({ kind, children: parseInline(inner, depth + 1) })];
}

function link(url: string): MarkdownNode {
  return { kind: 'link', url, children: [{ kind: 'text', text: url }] };
}

/** Parses text within a line or paragraph: marks, code, links, mentions, timestamps, emoji. */
export function parseInline(text: string, depth = 0): MarkdownNode[] {
  const nodes: MarkdownNode[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain) nodes.push({ kind: 'text', text: plain });
    plain = '';
  };
  while (at < text.length) {
    special.lastIndex = at;
    const next = depth > MAX_DEPTH ? null : special.exec(text);
    plain += text.slice(at, next?.index ?? text.length);
    if (!next) break;
    at = next.index;
    const found = matchAt(text, at, depth);
    if (!found) {
      plain += text.charAt(at);
      at += 1;
    } else if (found.node.kind === 'text') {
      plain += found.node.text;
      at = found.end;
    } else {
      flush();
      nodes.push(found.node);
      at = found.end;
    }
  }
  flush();
  return nodes;
}

function matchAt(text: string, at: number, depth: number): { node: MarkdownNode; end: number } | null {
  for (const [pattern, build] of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const end = pattern.lastIndex;
    const node = match && build(match, depth);
    if (node) return { node, end };
  }
  return null;
}
