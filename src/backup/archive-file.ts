import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHIVE_SUFFIX, SIDECAR_SUFFIX } from './name.ts';
import { ENCRYPTED_SUFFIX } from './vault/model.ts';

const MOST_SIDECAR_BYTES = 10_000_000;

/** What the name of an archive can end in, the likelier to be meant first. */
export const ARCHIVE_SUFFIXES = [`${ARCHIVE_SUFFIX}${ENCRYPTED_SUFFIX}`, ARCHIVE_SUFFIX] as const;

export const isEncrypted = (fileName: string): boolean => fileName.endsWith(ENCRYPTED_SUFFIX);

export const plainNameOf = (fileName: string): string =>
  isEncrypted(fileName) ? fileName.slice(0, -ENCRYPTED_SUFFIX.length) : fileName;

/**
 * The archive of that name that is there, or what a new one is to be called. Where there are two, encrypted and not, it is
 * the one that the sidecar describes: what somebody laid beside it must not hide it.
 */
export function archiveFileIn(folder: string, name: string, encrypts: boolean): string {
  const found = ARCHIVE_SUFFIXES.flatMap((suffix) => {
    const file = join(folder, `${name}${suffix}`);
    const about = lstatSync(file, { throwIfNoEntry: false });
    return about === undefined ? [] : [{ file, sizeBytes: about.isFile() ? about.size : 0 }];
  });
  const [first = null, second = null] = found;
  if (first === null) return join(folder, `${name}${ARCHIVE_SUFFIXES[encrypts ? 0 : 1]}`);
  if (second === null) return first.file;
  const described = describedBytes(join(folder, `${name}${SIDECAR_SUFFIX}`));
  const { file } = found.find(({ sizeBytes }) => sizeBytes === described) ?? (second.sizeBytes > 0 ? second : first);
  return file;
}

/** Of the archive, by its sidecar or by the note of a vault in its place; null where neither can be read. */
function describedBytes(sidecarFile: string): number | null {
  try {
    if ((lstatSync(sidecarFile, { throwIfNoEntry: false })?.size ?? Infinity) > MOST_SIDECAR_BYTES) return null;
    const found = JSON.parse(readFileSync(sidecarFile, 'utf8')) as {
      readonly archive?: { readonly sizeBytes?: unknown };
      readonly archiveSizeBytes?: unknown;
    } | null;
    const sizeBytes = found?.archive?.sizeBytes ?? found?.archiveSizeBytes;
    return typeof sizeBytes === 'number' ? sizeBytes : null;
  } catch {
    return null; // reading the sidecar says what is wrong with it
  }
}
