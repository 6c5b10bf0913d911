import { wholeNumberIn } from '../whole-number.ts';

/** Reads one value; throws a `Problem` whose text completes "NAME must be …". */
export type ReadValue<T> = (text: string) => T;

export class Problem extends Error {}

export function text(text: string): string {
  return unquoted(text);
}

/** `docker run --env-file` hands quotation marks on, which shells and Compose take away. */
function unquoted(text: string): string {
  if (/^(["']).*\1$/s.test(text)) throw new Problem('written without quotation marks around it');
  return text;
}

/** It goes into an HTTP header; what comes from a web page may have brought a space or a line break along. */
export function key(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Problem('one word of ASCII characters, as the portal shows it');
  return unquoted(text);
}

export function wholeNumber(least: number, most: number): ReadValue<number> {
  return (text) => {
    const number = wholeNumberIn(text, least, most);
    if (number === null) throw new Problem(`a whole number from ${least} to ${most}`);
    return number;
  };
}

export function yesOrNo(text: string): boolean {
  const lower = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(lower)) return true;
  if (['false', 'no', 'off', '0'].includes(lower)) return false;
  throw new Problem('true or false');
}

export function oneOf<const T extends string>(...allowed: readonly T[]): ReadValue<T> {
  return (text) => {
    const found = allowed.find((value) => value === text.toLowerCase());
    if (found === undefined) throw new Problem(`one of ${allowed.join(', ')}`);
    return found;
  };
}

export function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function nonEmptyList(text: string): readonly string[] {
  const items = list(text);
  if (items.length === 0) throw new Problem('a comma-separated list with at least one entry');
  return items;
}

const SNOWFLAKE = /^\d{17,20}$/;

export function snowflake(text: string): string {
  if (!SNOWFLAKE.test(text)) throw new Problem('a Discord id: 17 to 20 digits (Developer Mode → Copy ID)');
  return text;
}

export function snowflakes(text: string): readonly string[] {
  const ids = list(text);
  if (!ids.every((id) => SNOWFLAKE.test(id))) throw new Problem('Discord ids of 17 to 20 digits, separated by commas');
  return ids;
}

export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Problem('a web address such as https://service.example.org:8000');
  }
  if (url.username !== '' || url.password !== '') throw new Problem('an address without user name and password');
  return url.href.replace(/\/$/, '');
}

const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const SCHEDULE = new RegExp(
  `^(off|every ((10|15|20|30)m|(1|2|3|4|6|8|12|24)h)|daily ${TIME}|weekly (mon|tue|wed|thu|fri|sat|sun) ${TIME}|` +
    `monthly ([1-9]|1\\d|2[0-8]) ${TIME})$`,
);

/** The domain reads it again (`parseRule`); here only what it allows is known. */
export function backupSchedule(text: string): string {
  const rule = text.toLowerCase().replaceAll(/\s+/g, ' ');
  if (SCHEDULE.test(rule)) return rule;
  throw new Problem(
    'off, or a rule such as every 6h (a part of a day or hour: 10m to 24h), daily 02:00, weekly sun 02:00 or ' +
      'monthly 1 02:00 (day 1 to 28)',
  );
}

export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Problem('a time zone such as UTC, Europe/Berlin or Asia/Tokyo');
  }
}

/** Chroma allows 512 characters; the guild and the embedding space are appended. */
export function collectionPrefix(text: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{2,99}$/.test(text)) {
    throw new Problem('3 to 100 letters, digits, _ or -, beginning with a letter or digit');
  }
  return text;
}

export interface DatabaseLocation {
  readonly file: string;
  readonly timeoutMs: number;
  readonly journalMode: 'WAL' | 'DELETE';
}

/**
 * `sqlite:///app/data/bot.db` is the absolute path /app/data/bot.db, as in the deployment guide; `sqlite:data/bot.db` and
 * a plain path are relative to the working directory. `?timeout=` is in seconds.
 */
export function databaseUrl(text: string): DatabaseLocation {
  unquoted(text);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'sqlite' && scheme !== 'file') {
    throw new Problem(`a SQLite address such as sqlite:///app/data/nescordbot.db; ${scheme} is not supported`);
  }
  const [location = '', query = ''] = (scheme === undefined ? text : text.slice(scheme.length + 1)).split('?', 2);
  const file = decodePath(location.replace(/^\/{2,}/, '/'));
  if (file === '' || file.endsWith('/') || file === ':memory:' || file.includes('\0')) {
    throw new Problem('the path of a database file, such as sqlite:///app/data/nescordbot.db');
  }
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (options.getAll(name).length > 1) throw new Problem(`an address that says ${name} once`);
    if (name !== 'timeout' && name !== 'journal_mode') {
      throw new Problem(`an address with the options timeout and journal_mode only; "${name}" is not known`);
    }
  }
  return {
    file,
    timeoutMs: timeoutOption(options.get('timeout')) * 1000,
    journalMode: journalModeOption(options.get('journal_mode')),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a plain path may contain a literal %
  }
}

function timeoutOption(text: string | null): number {
  const seconds = text !== null && !/^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number.NaN : Number(text ?? '20');
  if (!(seconds >= 0.1 && seconds <= 600)) throw new Problem('an address whose timeout is 0.1 to 600 seconds');
  return seconds;
}

function journalModeOption(text: string | null): 'WAL' | 'DELETE' {
  const mode = (text ?? 'WAL').toUpperCase();
  if (mode !== 'WAL' && mode !== 'DELETE') throw new Problem('an address whose journal_mode is WAL or DELETE');
  return mode;
}

/** Who may call the API, and what for. */
export interface ApiToken {
  /** As the audit log names whoever uses it. */
  readonly name: string;
  readonly scope: 'read' | 'operate';
  readonly token: string;
}

const LEAST_TOKEN_CHARACTERS = 32;
const LEAST_DIFFERENT_CHARACTERS = 10;

/** Nobody may come to it by trying; what is sent in a header is ASCII. */
export function apiToken(text: string): string {
  const isRandom = new Set(text).size >= LEAST_DIFFERENT_CHARACTERS;
  if (/^[\x21-\x7e]{32,512}$/.test(text) && isRandom) return text;
  throw new Problem(
    `at least ${LEAST_TOKEN_CHARACTERS} random characters, for it opens everything; make one with: openssl rand -base64 32`,
  );
}

/** `grafana:read:TOKEN,deploy:operate:TOKEN`; a token may contain colons. */
export function apiTokens(text: string): readonly ApiToken[] {
  return list(text).map((item) => {
    const [, name = '', scope = '', token = ''] = /^([\w.-]{1,32}):(read|operate):(.+)$/.exec(item) ?? [];
    if (name === '' || (scope !== 'read' && scope !== 'operate')) {
      throw new Problem('a list such as grafana:read:TOKEN,deploy:operate:TOKEN, with names of letters, digits, _ . -');
    }
    return { name, scope, token: apiToken(token) };
  });
}
