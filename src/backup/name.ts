import { AppError } from '../errors.ts';

export const ARCHIVE_SUFFIX = '.tar.zst';
export const SIDECAR_SUFFIX = '.manifest.json';
const PREFIX = 'nescordbot_backup_';

const FORM = /^nescordbot_backup_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})(?:_([2-9]|[1-9]\d{1,3}))?$/;

export interface ParsedName {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** 1, or the suffix of a later one in the same second. */
  readonly ordinal: number;
}

/** `nescordbot_backup_YYYYMMDD_HHMMSS` in UTC; `ordinal` 2 and above tells those of one second apart. */
export function formatName(at: number, ordinal = 1): string {
  const digits = new Date(at).toISOString().replaceAll(/[-:]/g, '');
  const name = `nescordbot_backup_${digits.slice(0, 8)}_${digits.slice(9, 15)}`;
  return ordinal === 1 ? name : `${name}_${ordinal}`;
}

/** Lists of thousands are read again and again, and a name always means the same. */
const MOST_KNOWN = 20_000;
const known = new Map<string, ParsedName>();

/** Null for anything that this program would not have written, so that a name can never lead out of the folder. */
export function parseName(text: string): ParsedName | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = parsedName(text);
  if (parsed === null) return null;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, parsed);
  return parsed;
}

function parsedName(text: string): ParsedName | null {
  const [, year, month, day, hour, minute, second, suffix] = FORM.exec(text) ?? [];
  if (year === undefined) return null;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const createdAt = Date.parse(written);
  // A day that never was comes out as another one.
  if (Number.isNaN(createdAt) || createdAt < 0 || new Date(createdAt).toISOString() !== written) return null;
  return { name: text, createdAt, ordinal: Number(suffix ?? '1') };
}

/**
 * What a person typed or picked: with or without the end of a file's name, and without what all names begin with, too. A
 * path is none: it could lead to another folder's backup of the same name.
 * @throws AppError `not_found`: no backup can be called so
 */
export function requireName(text: string): ParsedName {
  const trimmed = text.trim();
  const bare = trimmed.replace(/\.(tar\.zst(\.age)?|manifest\.json)$/, '');
  const parsed = parseName(/^\d{8}_\d{6}/.test(bare) ? `${PREFIX}${bare}` : bare);
  if (parsed !== null) return parsed;
  const example = formatName(Date.UTC(2026, 10, 21, 9, 30, 5));
  const shown = JSON.stringify(trimmed.slice(0, 80));
  throw new AppError('not_found', {
    en: `${shown} is not the name of a backup; one looks like ${example}. The list of backups shows what there is.`,
    ja: `${shown} はバックアップの名前ではありません。${example} のような名前です。バックアップの一覧で確認してください。`,
  });
}

/** Oldest first. */
export function byAge(a: ParsedName, b: ParsedName): number {
  return a.createdAt - b.createdAt || a.ordinal - b.ordinal;
}

/** Those that are names of ours. */
export function newestFirst(names: readonly string[]): string[] {
  return names
    .map(parseName)
    .filter((name) => name !== null)
    .sort((a, b) => byAge(b, a))
    .map(({ name }) => name);
}
