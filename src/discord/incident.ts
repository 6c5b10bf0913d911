// Crockford's base 32: no letter that is taken for a digit, or the other way round.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A name for a failure that a member can pass on and an operator finds in the log. */
export function incidentId(random: () => number): string {
  return Array.from({ length: 5 }, () => LETTERS.charAt(Math.floor(random() * LETTERS.length))).join('');
}
