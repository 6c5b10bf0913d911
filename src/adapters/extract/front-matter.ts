export interface FrontMatter {
  readonly title: string | null;
  /** Where the text after the front matter begins. */
  readonly end: number;
}

const LONGEST = 65_536;

/** YAML front matter at the very start of a text: `---`, lines with at least one `key:`, `---`. */
export function readFrontMatter(text: string): FrontMatter {
  const none = { title: null, end: 0 };
  if (!text.startsWith('---\n')) return none;
  const head = text.slice(0, LONGEST);
  const close = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(head.slice(3));
  if (close === null) return none;
  const block = head.slice(4, 3 + close.index);
  if (!/^[\w-]+[ \t]*:/m.test(block)) return none;
  const title = /^title[ \t]*:[ \t]*(\S.*)$/m.exec(block)?.[1] ?? null;
  return { title: title === null ? null : unquote(title.trim()), end: 3 + close.index + close[0].length };
}

function unquote(value: string): string | null {
  const inner = /^"(.*)"$/.exec(value)?.[1]?.replace(/\\"/g, '"') ?? /^'(.*)'$/.exec(value)?.[1]?.replace(/''/g, "'");
  return (inner ?? value).trim() || null;
}
