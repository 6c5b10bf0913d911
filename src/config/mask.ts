/** So many characters at either end tell a key from others of its kind, and nobody guesses the rest. */
const SHOWN = 4;
const LEAST_HIDDEN = 12;
const WHOLE = '•••';

/** `ghp_…3f9a`; what is short, or what a person may have thought up, is hidden whole. */
export function maskSecret(text: string): string {
  const characters = Array.from(text);
  const isKey = /^[\w.:+/=~-]+$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
  if (!isKey || characters.length < 2 * SHOWN + LEAST_HIDDEN) return WHOLE;
  return `${characters.slice(0, SHOWN).join('')}…${characters.slice(-SHOWN).join('')}`;
}

/** Words that a person chose, rather than a key that a machine made. */
export const isPhrase = (variable: string): boolean => /PASS(PHRASE|WORD)/.test(variable);

/**
 * A secret in whatever form a variable has it: a list of several, tokens with names and scopes, an address that is itself
 * the secret. What tells them apart stays.
 */
export function maskSecrets(text: string, variable = ''): string {
  if (isPhrase(variable)) return WHOLE; // the ends of words that a person chose give the words away
  return text
    .split(',')
    .map((part) => {
      const item = part.trim();
      const [, label = '', secret = item] = /^([\w.-]{1,32}:(?:read|operate):)(.*)$/.exec(item) ?? [];
      return label + (isAddress(secret) ? maskAddress(secret, true) : maskSecret(secret));
    })
    .join(', ');
}

/** Without the password, and what of the query may be a key; of a secret address nothing but the host is shown. */
export function maskAddress(text: string, isSecret = false): string {
  if (!isAddress(text)) return text;
  const [scheme = '', rest = ''] = text.split('://', 2);
  const [, credentials, host = '', path = ''] = /^(?:(.*)@)?([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const tail = isSecret ? (path.length > 1 ? `/${WHOLE}` : path) : maskQuery(path);
  return `${scheme}://${credentials === undefined ? '' : `${WHOLE}@`}${host}${tail}`;
}

/** What options of ours are called; behind every other name there may be a key. */
const HARMLESS = new Set(['timeout', 'journal_mode']);

function maskQuery(path: string): string {
  const [before = '', query = ''] = path.split(/[?#](.*)/s);
  if (before === path) return path;
  const isHarmless = query.split('&').every((option) => HARMLESS.has(option.split('=')[0] ?? ''));
  return isHarmless ? path : `${before}?${WHOLE}`;
}

const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
