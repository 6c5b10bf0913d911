import { mapProse } from './code-spans.ts';

const ZERO_WIDTH_SPACE = '\u200b';
/** They turn the direction of all that follows, so that a name or an address reads as another one. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const LINK = /!?\[([^\]\n]{0,300})\]\([ \t]{0,3}<?([^\s<>)]{0,500})>?(?:\s[^)\n]{0,300})?\)/;
const ADDRESS = /<?[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>]{0,2000}>?/;
const LINK_OR_ADDRESS = new RegExp(`${LINK.source}|${ADDRESS.source}`, 'gi');
/** Ends an address where the sentence around it goes on, in Latin or in Japanese writing. */
const TRAILING = /(?:[.,;:!?'")\]*_~|]|[\u3000-\u303f\uff00-\uff65].*)+$/u;

/** The addresses in texts that may be linked to, in the form in which they are compared. */
export function addressesIn(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [address] of text.matchAll(/https?:\/\/[^\s<>"`]{1,2000}/gi)) {
      // `[text](https://a.b/c)` and `(https://a.b/c)` end before the parenthesis, `https://a.b/c_(d)` does not.
      for (const form of [address, address.replace(TRAILING, ''), address.replace(/\).*$/s, '')]) {
        const known = comparable(form);
        if (known !== null) found.add(known);
      }
    }
  }
  return found;
}

/**
 * Makes a generated text harmless: nobody can be mentioned by it, and it links only to addresses that were in the
 * passages, and reads the way it was written. A link is how a planted instruction carries a conversation out of a server (Discord fetches every bare
 * address for its preview), so other addresses are shown as code, which is neither a link nor fetched. Images become
 * links. Code is left as it is.
 */
export function makeInert(text: string, allowed: ReadonlySet<string>): string {
  return mapProse(text, (prose) =>
    prose
      .replace(TURNING, '')
      .replace(LINK_OR_ADDRESS, (whole, label: string | undefined, target: string | undefined) =>
        label === undefined || target === undefined ? bare(whole, allowed) : masked(label, target, allowed),
      )
      .replace(/@(?=everyone|here)/gi, `@${ZERO_WIDTH_SPACE}`)
      .replace(/<@(?=[!&]?\d)/g, `<@${ZERO_WIDTH_SPACE}`),
  );
}

function masked(label: string, target: string, allowed: ReadonlySet<string>): string {
  const address = comparable(target);
  // A label that is an address itself could pass for another one.
  const text = label.replace(/[a-z][a-z0-9+.-]{1,20}:\/\//gi, '');
  if (address !== null && allowed.has(address)) return `[${text === '' ? 'link' : text}](${target})`;
  // A path within the document's own site leads nowhere from here.
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target) ? `${text} (${asCode(target)})` : text;
}

function bare(whole: string, allowed: ReadonlySet<string>): string {
  const address = whole.replace(/^<|>$/g, '');
  if (isAllowed(address, allowed)) return whole;
  const tail = TRAILING.exec(address)?.[0] ?? '';
  const body = address.slice(0, address.length - tail.length);
  if (isAllowed(body, allowed)) return body + (/^[\u3000-\uffff]/.test(tail) ? ` ${tail}` : tail);
  return asCode(body) + tail;
}

function isAllowed(address: string, allowed: ReadonlySet<string>): boolean {
  const form = comparable(address);
  return form !== null && allowed.has(form);
}

function asCode(address: string): string {
  return `\`${address.replaceAll('`', '%60')}\``;
}

function comparable(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href.replace(/\/$/, '') : null;
}
