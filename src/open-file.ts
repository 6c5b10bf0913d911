import { fstatSync, readdirSync, statSync, type Stats } from 'node:fs';

/** A file that this process has open, and what its path has come to name since. */
export interface OpenFile {
  /** @throws what the file system says: an input/output error, say */
  state(): 'in place' | 'gone' | 'replaced';
}

type FileId = Pick<Stats, 'dev' | 'ino'>;

/** Called just after the file was opened, by whichever library; whoever has it open says so, and nothing here opens it. */
export function noteOpenFile(path: string): OpenFile {
  let noted = idOf(path);
  const descriptor = noted === null ? null : descriptorOf(noted);
  return {
    state() {
      const found = idOf(path);
      if (found === null) return 'gone';
      if (isSame(found, noted)) return 'in place';
      // Some network file systems number their files anew. Then what is open has that number, too.
      if (descriptor === null || !isSame(found, idOfOpen(descriptor))) return 'replaced';
      noted = found;
      return 'in place';
    },
  };
}

function idOf(path: string): FileId | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null; // a file lies where its folder was
    throw error;
  }
}

function idOfOpen(descriptor: number): FileId | null {
  try {
    return fstatSync(descriptor);
  } catch {
    return null; // closed, or nothing to ask
  }
}

/** Null where the system does not list them. */
function descriptorOf(id: FileId): number | null {
  try {
    const known = readdirSync('/proc/self/fd').map(Number);
    return known.find((descriptor) => isSame(id, idOfOpen(descriptor))) ?? null;
  } catch {
    return null;
  }
}

const isSame = (one: FileId, other: FileId | null): boolean =>
  other !== null && one.dev === other.dev && one.ino === other.ino;
