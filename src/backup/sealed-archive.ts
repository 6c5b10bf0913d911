import { lstat, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import { isEncrypted, plainNameOf } from './archive-file.ts';
import type { Cipher } from './crypt-ports.ts';
import type { ArchiveFormat, ArchiveReading, ArchiveWork } from './ports.ts';
import { requireRoom, type FreeBytes } from './space.ts';
import { openScratch } from './stale.ts';
import { noKey } from './vault/failure-model.ts';

export interface SealedArchiveParts {
  readonly archive: ArchiveFormat;
  /** Null: an archive that is encrypted cannot be read. */
  readonly cipher: Cipher | null;
  readonly freeBytes: FreeBytes;
}

/**
 * Archives that are encrypted where their names end in `.age`, and are as ever where they do not. What is decrypted lies in
 * a scratch folder beside the archive for as long as it is read; a crash leaves it to the next job, which removes it.
 * @throws AppError as `ArchiveFormat` and `Cipher` do
 */
export function createSealedArchive({ archive, cipher, freeBytes }: SealedArchiveParts): ArchiveFormat {
  function requireCipher(file: string): Cipher {
    if (cipher === null) throw noKey(basename(file));
    return cipher;
  }

  /** What is read is what was decrypted; size and hash are those of the file that lies there. */
  async function opened(
    file: string,
    work: ArchiveWork,
    read: (plain: string) => Promise<ArchiveReading>,
  ): Promise<ArchiveReading> {
    const by = requireCipher(file);
    const folder = dirname(file);
    const { size: sizeBytes } = await stat(file);
    await requireRoom(folder, sizeBytes, freeBytes);
    await using scratch = await openScratch(folder);
    const plain = join(scratch.folder, plainNameOf(basename(file)));
    const { encryptedSha256 } = await by.decrypt(file, plain, work);
    return { ...(await read(plain)), sizeBytes, sha256: encryptedSha256 };
  }

  return {
    async write(request, work = {}) {
      if (!isEncrypted(request.file)) return archive.write(request, work);
      const by = requireCipher(request.file);
      if ((await lstat(request.file).catch(() => null)) !== null) throw isThere(request.file);
      // It is never half in its place, nor is any of it there readable: both are made in the scratch folder.
      await using scratch = await openScratch(dirname(request.file));
      const plain = join(scratch.folder, plainNameOf(basename(request.file)));
      const written = await archive.write({ ...request, file: plain }, work);
      try {
        const { sizeBytes, sha256, plainSha256 } = await by.encrypt(plain, request.file, work);
        await rm(plain);
        const back = await by.decrypt(request.file, plain, work);
        const isSame = plainSha256 === written.sha256 && back.sha256 === written.sha256;
        if (!isSame || back.encryptedSha256 !== sha256) throw unlikeWritten(plain);
        return { sizeBytes, sha256 };
      } catch (error) {
        await rm(request.file, { force: true });
        throw error;
      }
    },
    read: (file, work = {}) =>
      isEncrypted(file) ? opened(file, work, (plain) => archive.read(plain, work)) : archive.read(file, work),
    extract: (file, folder, expected, work = {}) =>
      isEncrypted(file)
        ? opened(file, work, (plain) => archive.extract(plain, folder, expected, work))
        : archive.extract(file, folder, expected, work),
  };
}

function unlikeWritten(file: string): AppError {
  return new AppError('damaged', `${basename(file)} was not read back as it was written. Check the disk or volume.`);
}

function isThere(file: string): AppError {
  return new AppError('conflict', `${basename(file)} is there already, and was left as it is.`);
}
