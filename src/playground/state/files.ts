import type { StoredFile } from './model.ts';

export interface NewFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly description?: string | null;
}

export interface FileStore {
  put(file: NewFile): StoredFile;
  /** Undefined once evicted. */
  get(id: string): { readonly file: StoredFile; readonly bytes: Buffer } | undefined;
}

export const FILE_LIMIT_BYTES = 10 * 1024 * 1024;

/** Files in memory. When they come to more than `totalLimitBytes`, the oldest go. */
export function createFileStore(nextId: () => string, totalLimitBytes: number): FileStore {
  const kept = new Map<string, { file: StoredFile; bytes: Buffer }>();
  let totalBytes = 0;
  return {
    put({ filename, contentType, bytes, description }) {
      const file = { id: nextId(), filename, contentType, sizeBytes: bytes.length, description: description ?? null };
      kept.set(file.id, { file, bytes });
      totalBytes += bytes.length;
      for (const [id, oldest] of kept) {
        if (totalBytes <= totalLimitBytes || id === file.id) break;
        kept.delete(id);
        totalBytes -= oldest.bytes.length;
      }
      return file;
    },
    get: (id) => kept.get(id),
  };
}

/** Path of a file on this server; names are cleaned as Discord cleans them. */
export function filePath(file: StoredFile): string {
  return `/playground/attachments/${file.id}/${encodeURIComponent(file.filename)}`;
}

export function cleanFilename(name: string): string {
  const cleaned = name
    .replace(/.*[/\\]/s, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .slice(-200);
  return cleaned === '' || /^\.+$/.test(cleaned) ? 'unknown' : cleaned;
}
