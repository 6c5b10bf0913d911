const QUOTES = ['"', "'", '`'] as const;

/** One line of a file such as `.env`, as `parseEnv` of Node reads it, which says nothing of what it leaves out. */
export type EnvLine = { readonly number: number } & (
  | { readonly kind: 'assignment'; readonly name: string; readonly fault: LineFault | null; readonly quote: string }
  /** Left out whole. The name is null where none can be told. */
  | { readonly kind: 'ignored'; readonly name: string | null }
);

export type LineFault =
  /** Without quotation marks a value ends at the first `#`; `comment`: white space is before it. */
  | { readonly kind: 'cut'; readonly isComment: boolean }
  /** Something follows the closing quotation mark, and is left out. */
  | { readonly kind: 'trailing' }
  /** Without a second one, the quotation mark is a part of the value; with one below, so are the lines up to there. */
  | { readonly kind: 'unclosed'; readonly linesBelow: number };

export function readEnvLines(content: string): EnvLine[] {
  const lines = content.split('\n').map((line) => line.trim());
  const found: EnvLine[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [number, line = ''] = [at + 1, lines[at]];
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^(?:export\s+)?([^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      found.push({ number, kind: 'ignored', name: /^(?:export\s+)?(\w+)\s*(?=[:\s]|$)/.exec(line)?.[1] ?? null });
      continue;
    }
    const fault = faultOf(value, lines.slice(at + 1));
    found.push({ number, kind: 'assignment', name, fault, quote: quoteFor(value) });
    if (fault?.kind === 'unclosed') at += fault.linesBelow;
  }
  return found;
}

function faultOf(value: string, below: readonly string[]): LineFault | null {
  const quote = QUOTES.find((mark) => value.startsWith(mark));
  if (quote === undefined) {
    const at = value.indexOf('#');
    return at === -1 ? null : { kind: 'cut', isComment: at === 0 || /\s/.test(value.charAt(at - 1)) };
  }
  const end = value.indexOf(quote, 1);
  if (end === -1) return { kind: 'unclosed', linesBelow: below.findIndex((line) => line.includes(quote)) + 1 };
  const rest = value.slice(end + 1).trim();
  return rest === '' || rest.startsWith('#') ? null : { kind: 'trailing' };
}

/** One that is not in the value; the single one first, which every program that reads such files takes literally. */
const quoteFor = (value: string): string => ["'", '"', '`'].find((mark) => !value.includes(mark)) ?? "'";

/** As far as one pair encloses the whole. */
export const withoutQuotes = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;

/** Fewer characters could not be in force: the parser of the variable refuses them. */
const LEAST_CHARACTERS = 16;

/**
 * What a passphrase may have been while a file had it in a form that means something else to us than to whoever wrote
 * it: cut off at `#`, with quotation marks that another program handed on or that nobody closed.
 */
export function formerPassphrases(whole: string): string[] {
  const [, , inner = ''] = /^(["'`])(.+?)\1/s.exec(whole) ?? [];
  const forms = [whole.split('#', 1)[0]?.trim() ?? '', inner, ...['"', "'"].flatMap((mark) => [mark + whole + mark])];
  const unclosed = [`'${whole}`, `"${whole}`];
  return [...new Set([...forms, ...unclosed])].filter((one) => one !== whole && one.length >= LEAST_CHARACTERS);
}
