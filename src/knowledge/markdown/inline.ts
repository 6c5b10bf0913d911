import { ADDRESS_START, addressAtStart, asTarget, isAllowed, unlinked } from './addresses.ts';
import { createMarks, type Mark } from './marks.ts';

/** Stands for a piece of inline code where markup is looked for; no text may contain it. */
export const CODE = '\ufdd0';
/** Inline code up to this length is never torn apart between two messages. */
const LONGEST_UNTORN = 200;
const ZERO_WIDTH_SPACE = '\u200b';

/** What a text may have in it, and what is the same for all its pieces. */
export interface Context {
  readonly allowed: ReadonlySet<string>;
  /** The contents of the inline code, in order; each is taken when it is written. */
  readonly codes: Iterator<string>;
  /** Somewhere an underscore could end italics, so that one within a word could begin them. */
  readonly underscoresEnd: boolean;
}

const LABEL = String.raw`(?:[^\[\]\\]|\\[^]|\[[^\[\]]{0,200}\]){0,300}`;
const TARGET = String.raw`(?:[^\s<>()${CODE}]|\([^\s<>()${CODE}]{0,200}\)){0,1000}`;
const TITLE = String.raw`(?:\s+(?:"[^"\n${CODE}]{0,300}"|'[^'\n${CODE}]{0,300}'|\([^()\n${CODE}]{0,300}\)))?`;
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const HAS_HOST = /^(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}/i;
/** What a page of a document's own site is called in it. */
const PAGE = /^[#?]|^\.{0,2}\/|\.(?:mdx?|markdown|html?|rst|adoc|txt|pdf|png|jpe?g|gif|svg|webp)(?:[#?]|$)/i;
const TOKEN = new RegExp(
  [
    String.raw`(?<escape>\\[^0-9A-Za-z\s${CODE}])`,
    `(?<code>${CODE})`,
    String.raw`!?\[(?<label>${LABEL})\]\(\s{0,3}<?(?<target>${TARGET})>?${TITLE}\s{0,3}\)`,
    String.raw`(?<shrug>¯\\_\(ツ\)_/¯)`,
    // Times and emoji are harmless, and look like addresses.
    String.raw`<(?:t:-?\d{1,13}(?::[a-zA-Z])?|a?:\w{1,32}:\d{1,20})>`,
    String.raw`<(?<angle>(?:[a-z][a-z0-9+.-]{0,30}:\/|mailto:|tel:|sms:|discord:)[^\s<>${CODE}]{1,2000})>`,
    String.raw`(?<bare>${ADDRESS_START}[^\s<>${CODE}]{1,2000})`,
    String.raw`(?<run>\*+|_+|~+|\|+)`,
  ].join('|'),
  'giu',
);

interface Surroundings {
  /** Marks that are open around the text. */
  readonly marks?: readonly Mark[];
  /** The text is a link's label, in which there are no others. */
  readonly isLabel?: boolean;
}

/**
 * One paragraph's text, written anew so that every client reads it alike: marks that are whole stay, all others are
 * characters; links lead to allowed addresses alone; nobody is mentioned.
 */
export function writeInline(source: string, context: Context, around: Surroundings = {}): string {
  const { allowed } = context;
  const { marks: outside = [], isLabel = false } = around;
  const marks = createMarks(source, context.underscoresEnd, outside);
  const token = new RegExp(TOKEN);
  let at = 0;
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    marks.text(asText(source.slice(at, match.index), allowed));
    at = token.lastIndex;
    const { escape, code, label, target, angle, bare, run, shrug } = match.groups ?? {};
    // Where it is read for its own sake, a backslash does not keep these from what follows.
    if (escape !== undefined) marks.text(/[\]<@:]$/.test(escape) ? escape + ZERO_WIDTH_SPACE : escape);
    else if (code !== undefined) writeCode(context.codes.next().value ?? '');
    else if (label !== undefined && target !== undefined) {
      if (isLink(target, source.charAt(match.index - 1), allowed)) writeLink(label, target);
      else {
        const bracket = match[0].startsWith('!') ? '![' : '[';
        marks.text(bracket);
        token.lastIndex = at = match.index + bracket.length;
      }
    } else if (angle !== undefined) writeAddress(angle);
    else if (bare !== undefined) {
      const address = addressAtStart(bare, allowed);
      writeAddress(address);
      token.lastIndex = at = match.index + address.length;
    } else if (run !== undefined) marks.run(match.index, run);
    // Some clients know it as a whole, others read its marks.
    else if (shrug !== undefined) marks.text(String.raw`¯\\\_(ツ)\_/¯`);
    else marks.text(match[0]);
  }
  marks.text(asText(source.slice(at), allowed));
  return marks.written();

  /**
   * Code is left as it is, so that whoever copies it has what works. Where a reader may take a part of it for prose, it
   * gets characters that nobody sees: in a label, where brackets are looked for first; around a backtick; where it has a
   * link's end without its beginning; and where it is so long that it may be cut in two.
   */
  function writeCode(content: string): void {
    const isSurelyCode =
      !isLabel && content.length <= LONGEST_UNTORN && !content.includes('`') && withoutHalfLinks(content) === content;
    marks.whole(asCode(isSurelyCode ? content : neutral(content, allowed)));
  }

  function writeAddress(address: string): void {
    if (isLabel) return marks.text(asText(address.replace(/^\w*:\/*/, ''), allowed));
    if (!isAllowed(address, allowed)) return writeCode(address.replaceAll('`', '%60'));
    // Between angle brackets an address ends where we say, whatever comes next.
    const target = /[\\()[\]*_~|`"']/.test(address) ? asTarget(address, openMarks()) : address;
    marks.whole(target.includes('://') ? `<${target}>` : target);
  }

  function writeLink(label: string, target: string): void {
    const inside = openMarks();
    if (!isLabel && isAllowed(target, allowed)) {
      const written = asLabel(writeInline(withoutSchemes(label), context, { marks: inside, isLabel: true }));
      const shown = written.replace(/[\s\u200b]/g, '') === '' ? new URL(asTarget(target)).host : written;
      return marks.whole(`[${shown}](${asTarget(target, inside)})`);
    }
    // A label that is an address itself could pass for another one.
    marks.whole(writeInline(withoutSchemes(label), context, { marks: ALL_MARKS, isLabel }));
    // A path within the document's own site leads nowhere from here.
    if (isLabel || !(HAS_SCHEME.test(target) || HAS_HOST.test(target))) return;
    marks.text(' (');
    writeCode(target.replaceAll('`', '%60'));
    marks.text(')');
  }

  function openMarks(): Mark[] {
    return [...outside, ...marks.open()];
  }
}

/** Brackets and parentheses are a link where an address or a page is in them: `handlers[name](event)` is neither. */
function isLink(target: string, before: string, allowed: ReadonlySet<string>): boolean {
  if (isAllowed(target, allowed) || HAS_HOST.test(target)) return true;
  return !/[0-9A-Za-z_$\])]/.test(before) && (HAS_SCHEME.test(target) || PAGE.test(target));
}

const ALL_MARKS: readonly Mark[] = ['*', '**', '***', '_', '__', '___', '~~', '||'];

function withoutSchemes(label: string): string {
  return label.replace(/[a-z][a-z0-9+.-]{0,30}:\/+/gi, '');
}

/** What stands between marks, without what would be a mention, a link or a backtick. */
function asText(text: string, allowed: ReadonlySet<string>): string {
  const written = neutral(text, allowed).replaceAll('`', '\\`');
  // An angle bracket with none of these behind it would go on to an address, through code and over lines.
  const stop = Math.max(...[' ', ':', '>'].map((character) => written.lastIndexOf(character)));
  return written.slice(0, stop + 1) + written.slice(stop + 1).replaceAll('<', '\\<');
}

/** Looks like the text, and mentions nobody and links nowhere whether it is read as code or as anything else. */
function neutral(text: string, allowed: ReadonlySet<string>): string {
  return unlinked(text, allowed)
    .replace(/\]\(/g, `]${ZERO_WIDTH_SPACE}(`)
    .replace(/@(?=everyone|here)/gi, `@${ZERO_WIDTH_SPACE}`)
    .replace(
      /<(?=@|\/[^:<>\n]{1,100}:\d|(?:id|\d{1,20}):[a-z]|[^\s<>@]{1,64}@|\+?\d|tel:|sms:)/gi,
      `<${ZERO_WIDTH_SPACE}`,
    )
    .replace(/<#\d{1,20}>/g, (channel) => (allowed.has(channel) ? channel : `<${ZERO_WIDTH_SPACE}${channel.slice(1)}`));
}

/** Code in which no label ends that might have begun in front of it. */
export function withoutHalfLinks(code: string): string {
  return code.replace(/(?<!\\)\[[^[\]\\\n]{0,200}\]\(|\]\(/g, (found) =>
    found === '](' ? `]${ZERO_WIDTH_SPACE}(` : found,
  );
}

function asCode(content: string): string {
  const line = content.replace(/\s*\n\s*/g, ' ').replace(/`{2,}/g, (run) => 'ˋ'.repeat(run.length));
  if (!line.includes('`')) return `\`${line}\``;
  return `\`\`${line.startsWith('`') ? ' ' : ''}${line}${line.endsWith('`') ? ' ' : ''}\`\``;
}

/** A line of others as the characters that it is made of: none of them means anything, wherever in ours it stands. */
export function asCharacters(line: string): string {
  return unlinked(line)
    .replace(/[\\*_~`|[\]<>]/g, '\\$&')
    .replace(/\](?=\()/g, `]${ZERO_WIDTH_SPACE}`)
    .replace(/^(#{1,3}|-#?|\+)(?=\s)/, '\\$1')
    .replace(/^(\d+)\.(?=\s)/, '$1\\.')
    .replace(/@/g, `@${ZERO_WIDTH_SPACE}`);
}

/** In a link's label clients look for brackets before they look for backslashes: there they become others. */
export function asLabel(written: string): string {
  return written
    .replace(/\\\\|\\?\[|\\?\]|\\(?=[0-9A-Za-z\s]|$)/g, (found) =>
      found.endsWith('[') ? '［' : found.endsWith(']') ? '］' : '＼',
    )
    .replace(/\s*\n\s*/g, ' ');
}
