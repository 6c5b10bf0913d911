import { parse as parseToml, TomlError } from 'smol-toml';
import { isScalar, parseDocument } from 'yaml';

export interface FrontMatter {
  readonly title: string | null;
  /** Where the text after the front matter begins. */
  readonly end: number;
}

const LONGEST = 65_536;
/** What is parsed on the main thread: a title's entry in YAML, the whole block in TOML. */
const LONGEST_ENTRY = 300;
const LONGEST_TOML = 16_384;

const YAML = { open: /^---[ \t]*\n/, close: /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/, entry: /^["']?[\w-]+["']?[ \t]*:/m };
const TOML = { open: /^\+\+\+[ \t]*\n/, close: /\n\+\+\+[ \t]*(?:\n|$)/, entry: /^["']?[\w.-]+["']?[ \t]*=/m };

/** Front matter at the very start of a text, with at least one entry: YAML between `---`, TOML between `+++`. */
export function readFrontMatter(text: string): FrontMatter {
  const head = text.slice(0, LONGEST);
  for (const kind of [YAML, TOML]) {
    const open = kind.open.exec(head)?.[0].length;
    if (open === undefined) continue;
    const close = kind.close.exec(head.slice(open - 1)); // from the line end, as an empty block has no other
    if (close === null) continue;
    const block = head.slice(open, open - 1 + close.index);
    if (!kind.entry.test(block)) continue;
    const title = kind === YAML ? yamlTitle(block) : tomlTitle(block);
    return { title: title?.trim() || null, end: open - 1 + close.index + close[0].length };
  }
  return { title: null, end: 0 };
}

/**
 * Only the title's own lines are parsed: mistakes in other entries, aliases and depth are then nobody's trouble. What is
 * no YAML, such as `title: Rules: the short form`, people mean as it stands.
 */
function yamlTitle(block: string): string | null {
  const entry = /^(["']?)title\1[ \t]*:(?=\s|$)[^]*?(?=\n\S|$(?![^]))/im.exec(block)?.[0].slice(0, LONGEST_ENTRY);
  if (entry === undefined) return null;
  const { contents, errors } = parseDocument(entry, { schema: 'failsafe', logLevel: 'silent' });
  if (errors.length > 0) return unquoted(entry.slice(entry.indexOf(':') + 1));
  const value = contents !== null && 'items' in contents ? contents.items[0] : null;
  const title = value !== null && typeof value === 'object' && 'value' in value && isScalar(value.value) ? value.value.value : null; // prettier-ignore
  return typeof title === 'string' && !/^(?:~|null)?$/i.test(title) ? title : null;
}

function tomlTitle(block: string): string | null {
  if (block.length > LONGEST_TOML) return null;
  try {
    const { title } = parseToml(block);
    return typeof title === 'string' ? title : null;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const line = /^title[ \t]*=(.*)$/m.exec(block)?.[1];
    return line === undefined ? null : unquoted(line);
  }
}

/** A value that could not be parsed, without comment and marks. */
function unquoted(value: string): string {
  const plain = value
    .replace(/\s#.*$/m, '')
    .replace(/\s+/g, ' ')
    .trim();
  return /^(["'])(.*?)\1?$/.exec(plain)?.[2] ?? plain;
}
