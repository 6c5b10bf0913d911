/** In front of and behind Google's words in what the SDK throws. */
const SDK = /^\[GoogleGenerativeAI Error\]: (?:Error fetching from \S+: )?(?:\[\d{3}[^\]]*\] ?)?/;
const DETAILS = /\s*\[\{[\s\S]*\}\]\s*$/;
/** A key, or anything else that is long and has no vowel of a sentence: nobody needs to read it. */
const SECRET = /\b[\w-]{24,}\b/g;
const LONGEST = 160;

/**
 * What Google, or a proxy in its place, gave as the reason, fit to be shown anywhere: one line without keys, addresses
 * and marks. Empty where it said nothing.
 */
export function googleSays(message: string): string {
  const plain = message
    .replace(SDK, '')
    .replace(DETAILS, '')
    .replace(/\S*:\/\/\S*/g, '')
    .replace(SECRET, '…')
    .replace(/[^\p{L}\p{N}\s.,:;'’%/…-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST).toWellFormed().trimEnd()}…`;
  return short.replace(/[.\s]+$/, '');
}

/** True where it gave no reason that the SDK passes on: another server's error need not have Google's form. */
export function saysNothing(message: string): boolean {
  return message.replace(SDK, '').trim() === '';
}
