import { withoutQuotes } from './env-lines.ts';
import { list, Problem } from './values.ts';

/** `owner/name` on GitHub, or a repository elsewhere. Plain http is for this machine only: the token travels with it. */
export function repository(text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === null || !(url.protocol === 'https:' || isHere) || !isPlain || url.pathname.length < 2) {
    throw new Problem(
      'owner/name, or an https address such as https://git.example.org/team/data without user name and password ' +
        '(the token goes into GITHUB_TOKEN)',
    );
  }
  return url.href;
}

export function branch(text: string): string {
  if (!/^(?!.*(?:\.\.|\/\/|\.lock$|[./]$))[A-Za-z0-9][\w./-]{0,99}$/.test(text)) {
    throw new Problem('the name of a branch such as main: letters, digits, and - _ . / inside');
  }
  return text;
}

export function bucket(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)) {
    throw new Problem(
      'the name of a bucket alone: 3 to 63 small letters, digits, dots and hyphens (an address goes into S3_ENDPOINT, what ' +
        'comes after a / into S3_PREFIX)',
    );
  }
  return text;
}

/** Ends in `/`; `/` alone is the bucket itself. */
export function objectPrefix(text: string): string {
  const names = text.split('/').filter((name) => name !== '');
  if (names.some((name) => !/^[\w.-]{1,100}$/.test(name) || /^\.+$/.test(name))) {
    throw new Problem('names of letters, digits, - _ and . with / between them, such as nescordbot/');
  }
  return names.map((name) => `${name}/`).join('');
}

export function absoluteFolder(text: string): string {
  if (!text.startsWith('/')) throw new Problem('the whole path of a folder, such as /mnt/backups');
  return text;
}

/**
 * Long enough that nobody tries them all: an archive that was stolen can be tried at leisure. `docker run --env-file`
 * hands quotation marks on, which one with `#` needs for every other program: they do not count.
 */
export function passphrase(given: string): string {
  const text = withoutQuotes(given);
  if (text.length < 16 || /\p{Cc}/u.test(text)) {
    throw new Problem('at least 16 characters on one line, such as five random words');
  }
  return text;
}

export function ageRecipients(text: string): readonly string[] {
  const found = list(text);
  if (found.length === 0 || !found.every((one) => /^age1[0-9a-z]{50,4000}$/.test(one))) {
    throw new Problem('public keys that begin with age1, separated by commas (age-keygen prints one)');
  }
  return found;
}

export function ageIdentities(text: string): readonly string[] {
  const found = list(text);
  if (found.length === 0 || !found.every((one) => /^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,200}$/.test(one))) {
    throw new Problem('secret keys that begin with AGE-SECRET-KEY-1, separated by commas');
  }
  return found;
}

/** The beginning of an installation's id, or `without-identity`. */
export function installation(text: string): string {
  if (!/^[\w-]{8,64}$/.test(text)) throw new Problem('at least the first 8 characters of an id that the log lists');
  return text;
}
