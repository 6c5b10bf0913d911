import { AppError } from '../../errors.ts';
import { ARCHIVE_SUFFIX, byAge, parseName, SIDECAR_SUFFIX, type ParsedName } from '../name.ts';
import type { CopyId } from '../vault-ports.ts';

export const ENCRYPTED_SUFFIX = '.age';

/** No note of ours is near it; what is longer was not written by us and is not read. */
export const MOST_NOTE_BYTES = 256_000;

/** A copy that is told apart from the rest only by its first bytes would be as good as none. */
export interface VaultFile extends ParsedName {
  readonly fileName: string;
  readonly part: 'archive' | 'note';
}

/** Null for what this program would not have put there; it is left alone, and a name can never lead out of the vault. */
export function parseVaultFile(fileName: string): VaultFile | null {
  const forms = [
    { suffix: `${ARCHIVE_SUFFIX}${ENCRYPTED_SUFFIX}`, part: 'archive' },
    { suffix: ARCHIVE_SUFFIX, part: 'archive' },
    { suffix: SIDECAR_SUFFIX, part: 'note' },
  ] as const;
  const form = forms.find(({ suffix }) => fileName.endsWith(suffix));
  const parsed = form === undefined ? null : parseName(fileName.slice(0, -form.suffix.length));
  return form === undefined || parsed === null ? null : { ...parsed, fileName, part: form.part };
}

export const noteFileOf = (name: string): string => `${name}${SIDECAR_SUFFIX}`;

/** Every name under which a backup can be in a vault. */
export const filesOf = (name: string): readonly string[] => [
  `${name}${ARCHIVE_SUFFIX}`,
  `${name}${ARCHIVE_SUFFIX}${ENCRYPTED_SUFFIX}`,
  noteFileOf(name),
];

/** Archives, newest first. Where one backup has two, both: neither may hide the other, which can be the whole one. */
export function archivesAmong(fileNames: Iterable<string>): readonly VaultFile[] {
  const found = [...fileNames].sort().reverse().map(parseVaultFile);
  return found.filter((file): file is VaultFile => file?.part === 'archive').sort((a, b) => byAge(b, a));
}

/** @throws AppError `invalid` when it is no name of a backup */
export function requireVaultName(name: string): string {
  if (parseName(name) !== null) return name;
  throw new AppError('invalid', `${JSON.stringify(name.slice(0, 80))} is not the name of a backup.`);
}

/** @throws AppError `invalid` when the copy's file is not one that belongs to its name */
export function requireVaultFile({ name, fileName }: CopyId): VaultFile {
  const parsed = parseVaultFile(fileName);
  if (parsed !== null && parsed.part === 'archive' && parsed.name === name) return parsed;
  throw new AppError('invalid', `${JSON.stringify(fileName.slice(0, 80))} is not an archive of ${name.slice(0, 80)}.`);
}
