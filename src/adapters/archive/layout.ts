import { AppError } from '../../errors.ts';
import type { Flaw } from './failure.ts';

export const manifestName = 'manifest.json';
export const manifestLimitBytes = 32 << 20;
/** Five files for each collection, and a collection for each server and embedding space. */
export const mostEntries = 100_000;
export const chunkBytes = 512 << 10;
export const blockBytes = 512;
/** Two empty blocks end a tar; some writers fill up to twenty. */
export const tailBytes = { atLeast: 2 * blockBytes, atMost: 20 * blockBytes };
const longestPath = 100;

/** Names that mean the same on every system: no climbing, no absolute paths, no drive letters, no control characters. */
export function isSafePath(path: string): boolean {
  return path.length <= longestPath && /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(path);
}

export function requireSafePath(path: string): void {
  if (path !== manifestName && isSafePath(path)) return;
  throw new AppError('internal', `“${path}” cannot be the name of a file in an archive.`);
}

/** What an entry takes in a tar: a header block, and its content up to whole blocks. */
export function entryBytes(sizeBytes: number): number {
  return blockBytes + Math.ceil(sizeBytes / blockBytes) * blockBytes;
}

export interface EntryHeader {
  readonly name: string;
  readonly type: string | null;
  readonly sizeBytes: number;
  /** Where the content begins. */
  readonly offset: number;
}

/**
 * Checks one header after the other: regular files under safe, distinct names, each right behind the last (so that no
 * extended headers hide between them), the manifest last.
 */
export function createLayoutCheck(refuse: (flaw: Flaw) => Error) {
  const seen = new Set<string>();
  let end = 0;
  return {
    enter({ name, type, sizeBytes, offset }: EntryHeader): void {
      const shown = JSON.stringify(name.slice(0, longestPath));
      if (seen.has(manifestName)) throw refuse(after(shown));
      if (type !== 'file') throw refuse(noFile(shown, String(type)));
      if (!isSafePath(name)) throw refuse(unsafe(shown));
      if (seen.has(name.toLowerCase())) throw refuse(twice(shown));
      if (seen.size >= mostEntries) throw refuse(tooMany);
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw refuse(noFile(shown, 'size'));
      if (name === manifestName && sizeBytes > manifestLimitBytes) throw refuse(hugeManifest);
      if (offset !== end + blockBytes) throw refuse(hidden(shown));
      seen.add(name.toLowerCase());
      end += entryBytes(sizeBytes);
    },
    /** `tail`: the last bytes, at least as many as lie behind the last entry. */
    finish(totalBytes: number, tail: Uint8Array): void {
      if (!seen.has(manifestName)) throw refuse(noManifest);
      const behind = totalBytes - end;
      if (behind < tailBytes.atLeast) throw refuse({ en: 'its end is missing', ja: '途中で切れています' });
      const isEmpty = behind <= tailBytes.atMost && tail.subarray(-behind).every((byte) => byte === 0);
      if (!isEmpty)
        throw refuse({ en: 'something follows its last entry', ja: '最後の項目の後に余分なデータがあります' });
    },
  };
}

const after = (name: string): Flaw => ({ en: `${name} follows the manifest`, ja: `${name} が目録の後にあります` });
const noFile = (name: string, type: string): Flaw => ({
  en: `${name} is no regular file (${type})`,
  ja: `${name} は通常のファイルではありません（${type}）`,
});
const unsafe = (name: string): Flaw => ({
  en: `${name} is not a name that a backup may hold`,
  ja: `${name} はバックアップで使えない名前です`,
});
const twice = (name: string): Flaw => ({ en: `${name} is in it twice`, ja: `${name} が重複しています` });
const hidden = (name: string): Flaw => ({
  en: `something is hidden before ${name}`,
  ja: `${name} の前に不明なデータがあります`,
});
const tooMany: Flaw = {
  en: `it has more than ${mostEntries} entries`,
  ja: `項目が ${mostEntries} 個を超えています`,
};
const hugeManifest: Flaw = { en: 'its manifest is too large', ja: '目録が大きすぎます' };
const noManifest: Flaw = { en: 'it has no manifest', ja: '目録がありません' };
