/** Shorter than this, what two texts share is language rather than an echo. */
const ECHO = 10;
/** Japanese says in half as many characters as much. */
const DENSE_ECHO = 5;
const DENSE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u;
/** More of an error than this nobody reads. */
const LONGEST = 4_000;

/**
 * What a server says, without what it repeats of that which was sent: a question may have been asked in private, and an
 * error is shown in reports and written into the log.
 */
export function withoutEcho(said: string, sent: readonly string[]): string {
  const text = said.slice(0, LONGEST);
  const repeated = repeatedIn(text, sent);
  let shown = '';
  for (let at = 0, end = 0; at < text.length; at += 1) {
    const length = [ECHO, DENSE_ECHO].find((one) => repeated.has(text.slice(at, at + one)));
    if (length !== undefined) {
      if (at >= end) shown += '…';
      end = Math.max(end, at + length);
    }
    if (at >= end) shown += text[at];
  }
  return shown.toWellFormed();
}

/** The pieces of a text that were sent. A batch of passages is much longer than what is said of it, so it is only passed over. */
function repeatedIn(text: string, sent: readonly string[]): ReadonlySet<string> {
  const pieces = new Set<string>();
  const beginnings = new Set<number>();
  for (let at = 0; at + DENSE_ECHO <= text.length; at += 1) {
    const dense = text.slice(at, at + DENSE_ECHO);
    if (DENSE.test(dense)) pieces.add(dense);
    if (at + ECHO <= text.length) pieces.add(text.slice(at, at + ECHO));
    beginnings.add(beginningAt(text, at));
  }
  const repeated = new Set<string>();
  for (const one of sent.flatMap((plain) => [plain, JSON.stringify(plain).slice(1, -1)])) {
    for (let at = 0; at + DENSE_ECHO <= one.length; at += 1) {
      if (!beginnings.has(beginningAt(one, at))) continue;
      for (const length of [ECHO, DENSE_ECHO]) {
        const piece = one.slice(at, at + length);
        if (pieces.has(piece)) repeated.add(piece);
      }
    }
  }
  return repeated;
}

/** The first three characters as a number. */
const beginningAt = (text: string, at: number): number =>
  (text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1)) * 0x10000 + text.charCodeAt(at + 2);
