import MarkdownIt from 'markdown-it';
import { plainLine } from '../../plain-text.ts';

const LONGEST_HEADING = 200;
const { unescapeAll } = new MarkdownIt().utils;

/** What a reader sees of a heading: links without addresses, no emphasis marks, tags or anchor; at most 200 characters. */
export function plainHeading(source: string): string {
  const plain = source
    .slice(0, 2_000)
    .replace(/\{#[^}]*\}\s*$/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<\/?[a-zA-Z][^<>]*>/g, '')
    .replace(/`+|\*\*|__/g, '');
  const line = plainLine(unescapeAll(plain));
  return Array.from(line).slice(0, LONGEST_HEADING).join('').trim();
}

/** The headings above a place in a document, as one array per section. */
export function createHeadingPath(): { enter(level: number, title: string): void; path(): readonly string[] } {
  let open: { level: number; title: string }[] = [];
  let path: readonly string[] = [];
  return {
    enter(level, title) {
      open = open.filter((heading) => heading.level < level);
      if (title !== '') open.push({ level, title });
      path = open.map((heading) => heading.title);
    },
    path: () => path,
  };
}
