import { archivesAmong, MOST_NOTE_BYTES, noteFileOf } from '../../backup/vault/model.ts';
import type { StoredCopy } from '../../backup/vault-ports.ts';
import { MOST_POINTER_BYTES, parsePointer } from './pointer.ts';
import type { Scratch } from './scratch.ts';

/** Where the copies are in the repository. */
export const FOLDER = 'backups';

export const TIP = 'refs/vault/tip';
/** Larger files are left out by the server: they are no pointers, notes or pages of ours. */
const FILTER = `--filter=blob:limit=${MOST_NOTE_BYTES + 1}`;

/** The newest commit of the branch, as far as it concerns us. */
export interface Tip {
  /** False for an empty repository, or a branch that is not there yet. */
  readonly exists: boolean;
  /** Path → object id, of the root and of our folder. */
  readonly entries: ReadonlyMap<string, string>;
  /** Null for a path that is not there or whose file is too long to be ours. */
  text(path: string): string | null;
  copies(): readonly StoredCopy[];
}

export async function fetchTip(scratch: Scratch, branch: string): Promise<Tip> {
  const refspec = `+refs/heads/${branch}:${TIP}`;
  const fetched = await scratch.tryGit(['fetch', '--quiet', '--no-tags', '--depth=1', FILTER, 'origin', refspec]);
  if (fetched.code !== 0) {
    if (!/couldn't find remote ref/i.test(fetched.stderr)) throw scratch.failure(fetched.stderr);
    return { exists: false, entries: new Map(), text: () => null, copies: () => [] };
  }
  const entries = new Map<string, string>();
  const listed = await scratch.git(['ls-tree', '-z', '--full-tree', TIP, '--', './', `${FOLDER}/`]);
  for (const line of listed.toString().split('\0')) {
    const [, mode, object, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (mode?.startsWith('100') === true && object !== undefined && path !== undefined) entries.set(path, object);
  }
  const texts = await readBlobs(scratch, [...entries.values()], MOST_NOTE_BYTES);
  const text = (path: string) => texts.get(entries.get(path) ?? '') ?? null;
  return {
    exists: true,
    entries,
    text,
    copies() {
      const ours = [...entries.keys()].filter((path) => path.startsWith(`${FOLDER}/`));
      return archivesAmong(ours.map((path) => path.slice(FOLDER.length + 1))).flatMap(({ name, fileName }) => {
        const pointer = parsePointer(text(`${FOLDER}/${fileName}`) ?? '');
        if (pointer === null) return [];
        const note = text(`${FOLDER}/${noteFileOf(name)}`);
        return [{ name, fileName, sizeBytes: pointer.sizeBytes, sha256: pointer.oid, note }];
      });
    },
  };
}

/** Bytes under LFS of every branch and of all its history: what was removed still takes its space. */
export async function measureUse(scratch: Scratch): Promise<number> {
  const filter = `--filter=blob:limit=${MOST_POINTER_BYTES}`;
  await scratch.git(['fetch', '--quiet', '--no-tags', filter, 'origin', '+refs/heads/*:refs/vault/all/*']);
  const sizes = new Map<string, number>();
  for (const text of (await readBlobs(scratch, null, MOST_POINTER_BYTES)).values()) {
    const pointer = parsePointer(text);
    if (pointer !== null) sizes.set(pointer.oid, pointer.sizeBytes);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Those that are here: asking git for one that the server left out would make it fetch that. Null: all. */
async function readBlobs(
  scratch: Scratch,
  wanted: readonly string[] | null,
  mostBytes: number,
): Promise<ReadonlyMap<string, string>> {
  const here = await scratch.git(['cat-file', '--batch-all-objects', '--unordered', '--batch-check']);
  const small = new Set<string>();
  for (const [, object = '', size] of here.toString().matchAll(/^([0-9a-f]+) blob (\d+)$/gm)) {
    if (Number(size) <= mostBytes) small.add(object);
  }
  const asked = wanted === null ? [...small] : wanted.filter((object) => small.has(object));
  if (asked.length === 0) return new Map();
  const output = await scratch.git(['cat-file', '--batch'], { stdin: `${asked.join('\n')}\n` });
  const found = new Map<string, string>();
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf(10, at);
    const [object = '', , size] = output.toString('latin1', at, lineEnd).split(' ');
    const end = lineEnd + 1 + Number(size);
    found.set(object, output.toString('utf8', lineEnd + 1, end));
    at = end + 1;
  }
  return found;
}
