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
  const pieces = new Set(sent.flatMap((one) => [...piecesOf(one), ...piecesOf(JSON.stringify(one).slice(1, -1))]));
  let shown = '';
  for (let at = 0, end = 0; at < text.length; at += 1) {
    const length = [ECHO, DENSE_ECHO].find((one) => pieces.has(text.slice(at, at + one)));
    if (length !== undefined) {
      if (at >= end) shown += '…';
      end = Math.max(end, at + length);
    }
    if (at >= end) shown += text[at];
  }
  return shown.toWellFormed();
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at + DENSE_ECHO <= text.length; at += 1) {
    const dense = text.slice(at, at + DENSE_ECHO);
    if (DENSE.test(dense)) yield dense;
    if (at + ECHO <= text.length) yield text.slice(at, at + ECHO);
  }
}
