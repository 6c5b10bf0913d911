/** Invites that Discord makes a card or a link of although they have no scheme. */
const INVITE = String.raw`(?:discord(?:app)?\.com\/invite|discord\.(?:gg|gift|new|me|io|li)|dsc\.gg|invite\.gg)\/`;
/** An address without its end, as a part of a pattern with the flag `i`. */
export const ADDRESS_START = String.raw`(?:[a-z][a-z0-9+.-]{1,20}:\/\/|${INVITE})`;

const INVITATION = new RegExp(`^${INVITE}`, 'i');
const FOUND = new RegExp(String.raw`(?:https?:\/\/|${INVITE})[^\s<>"${'`'}]{1,2000}`, 'gi');
const INVITE_DOT = /(?<=discord|discordapp)\.(?=(?:gg|gift|new|me|io|li|com\/invite)\/)|(?<=dsc|invite)\.(?=gg\/)/gi;
const CHANNEL = /<#\d{1,20}>/g;
/** What ends a sentence, and marks that are around an address rather than in it. */
const SENTENCE = '.,;:!?\'"';
const MARKS = `${SENTENCE}]*_~|`;

/** What in given texts may be linked to: their addresses, in the form in which they are compared, and channels. */
export function addressesIn(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [channel] of text.matchAll(CHANNEL)) found.add(channel);
    const pattern = new RegExp(FOUND);
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const forms = formsOf(match[0]);
      for (const form of forms) {
        const known = comparable(form);
        if (known !== null) found.add(known);
      }
      // What follows may be another one: `[https://a.b](https://c.d)`.
      pattern.lastIndex = match.index + Math.max(1, forms[0]?.length ?? 0);
    }
  }
  return found;
}

export function isAllowed(address: string, allowed: ReadonlySet<string>): boolean {
  const form = comparable(address);
  return form !== null && allowed.has(form);
}

/** What of a run of characters is an address: as much as is allowed or, where nothing is, as people would read it. */
export function addressAtStart(run: string, allowed: ReadonlySet<string>): string {
  const forms = formsOf(run);
  return forms.find((form) => isAllowed(form, allowed)) ?? forms.at(-1) ?? run;
}

/** The address without the sentence around it, in Latin or in Japanese writing, longest first. */
function formsOf(run: string): string[] {
  const end = run.search(/[\u3000-\u303f\uff00-\uff65]|\]\(/);
  const address = untilUnmatched(end === -1 ? run : run.slice(0, end));
  return [trimmed(address, SENTENCE), trimmed(address, MARKS)];
}

/** `[text](https://a.b/c)` and `(https://a.b/c)` end before the parenthesis, `https://a.b/c_(d)` does not. */
function untilUnmatched(address: string): string {
  let open = 0;
  for (let at = 0; at < address.length; at += 1) {
    const character = address.charAt(at);
    if (character === '(') open += 1;
    else if (character === ')' && (open -= 1) < 0) return address.slice(0, at);
  }
  return address;
}

function trimmed(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** An address that leads where it did, and that no reading of Markdown cuts short, within these marks either. */
export function asTarget(address: string, marks: readonly string[] = []): string {
  const whole = withScheme(address);
  const known = /^[a-z0-9\-._~:/?#@!$&+,;=%]+$/i.test(whole) ? whole : new URL(whole).href;
  const ends = new Set(marks.map((mark) => mark.charAt(0)));
  return known.replace(/[^a-z0-9\-.:/?#@!$&+,;=%]/gi, (one) =>
    /[_~]/.test(one) && !ends.has(one) ? one : encoded(one),
  );
}

/** Addresses that nobody can follow without typing them; those that are allowed stay as they are. */
export function unlinked(text: string, allowed: ReadonlySet<string> = new Set()): string {
  return text
    .replace(/[^\s<>]+/g, (run) =>
      run.includes('/') && isAllowed(run, allowed)
        ? run
        : run.replace(/(?<=[a-z0-9]):(?=\/\/)/gi, ':\u200b').replace(INVITE_DOT, '.\u200b'),
    )
    .replace(/(<[^: >]{1,200}):(?=\/)/g, '$1:\u200b');
}

function comparable(address: string): string | null {
  const whole = withScheme(address);
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  // `https://known.example@other.example` leads to the other one.
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  // Written in this way or that, these are the same.
  const href = url.href.replace(/%(?:2[1789A]|5F|7[CE])/gi, decodeURIComponent);
  return url.search === '' && url.hash === '' ? href.replace(/\/$/, '') : href;
}

function withScheme(address: string): string {
  return INVITATION.test(address) ? `https://${address}` : address;
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
