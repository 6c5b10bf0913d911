import type { ArchiveWork } from './ports.ts';

/**
 * Makes archives unreadable to whoever has no key, in a format that other tools open, too.
 * @throws AppError `forbidden` when the key is not the one for this file; `damaged` when the file was changed, cut off or is
 *   not encrypted; `config` when there is no key to decrypt with; `limit` when the disk is full; `aborted`
 */
export interface Cipher {
  /** With recipients alone, this machine cannot read what it wrote. */
  readonly kind: 'passphrase' | 'recipients';
  readonly canDecrypt: boolean;
  /** `to` appears whole (fsynced, mode 0600) or not at all, in place of what was there. */
  encrypt(from: string, to: string, work?: ArchiveWork): Promise<EncryptedFile>;
  /** The same; what was changed in the encrypted file never gets into `to`. */
  decrypt(from: string, to: string, work?: ArchiveWork): Promise<DecryptedFile>;
  /** Base64 of the beginning of an encrypted file, which alone tells whether a key opens it. @throws AppError `damaged` */
  header(file: string): Promise<string>;
  /**
   * Returns when the key of this machine opens what begins so. Null: only whether there is a key at all.
   * @param name of the file, for the words
   */
  requireKey(header: string | null, name: string, signal?: AbortSignal): Promise<void>;
}

/** Size and SHA-256 (hex) of the file that was written, and the SHA-256 of what was read. */
export interface DecryptedFile {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly encryptedSha256: string;
}

export interface EncryptedFile {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly plainSha256: string;
}
