import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHIVE_SUFFIX } from './name.ts';
import { ENCRYPTED_SUFFIX } from './vault/model.ts';

/** What the name of an archive can end in, the likelier to be meant first. */
export const ARCHIVE_SUFFIXES = [`${ARCHIVE_SUFFIX}${ENCRYPTED_SUFFIX}`, ARCHIVE_SUFFIX] as const;

export const isEncrypted = (fileName: string): boolean => fileName.endsWith(ENCRYPTED_SUFFIX);

export const plainNameOf = (fileName: string): string =>
  isEncrypted(fileName) ? fileName.slice(0, -ENCRYPTED_SUFFIX.length) : fileName;

/** The archive of that name that is there, or what a new one is to be called. */
export function archiveFileIn(folder: string, name: string, encrypts: boolean): string {
  const [sealed, plain] = ARCHIVE_SUFFIXES.map((suffix) => join(folder, `${name}${suffix}`));
  const found = [sealed, plain].find((file) => file !== undefined && lstatSync(file, { throwIfNoEntry: false }));
  return found ?? join(folder, `${name}${ARCHIVE_SUFFIXES[encrypts ? 0 : 1]}`);
}
