import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileRecord } from '../../backup/model.ts';
import type { ArchiveReading, ThreadContext } from '../../backup/ports.ts';
import { AppError } from '../../errors.ts';
import { damaged, translate, type Flaw } from './failure.ts';
import { entryBytes, isSafePath, manifestLimitBytes, manifestName, tailBytes } from './layout.ts';
import { scan, type ScannedEntry } from './scan.ts';
import { createSteadySync } from './steady-sync.ts';
import { syncFolder } from './sync-folder.ts';

/** Free pages and prepared vector files are zeros, which zstd packs tightly; nothing of ours comes near this. */
const inspectLimit = (archiveBytes: number) => 2 ** 30 + 200 * archiveBytes;

/** The reading half, inside a thread: keeps nothing but the manifest. */
export async function inspect({ file }: { readonly file: string }, context: ThreadContext): Promise<ArchiveReading> {
  const files: FileRecord[] = [];
  let manifest: string | null = null;
  const visit = async ({ name, sizeBytes, content }: ScannedEntry): Promise<void> => {
    if (name === manifestName) manifest = await textOf(content);
    else files.push({ path: name, sizeBytes, sha256: await hashOf(content) });
  };
  const scanned = await scan(file, inspectLimit, visit, context);
  return { ...scanned, files, manifest };
}

export interface UnpackRequest {
  readonly file: string;
  readonly folder: string;
  readonly expected: readonly FileRecord[];
  /** Paths to write; the others are read and checked. Null: all. */
  readonly wanted?: readonly string[] | null;
}

/** Writes what is expected, and only that. The folder is empty again when anything was wrong. */
export async function unpack(
  { file, folder, expected, wanted = null }: UnpackRequest,
  context: ThreadContext,
): Promise<ArchiveReading> {
  const missing = new Map(expected.map((record) => [record.path, record]));
  if (missing.size !== expected.length || !expected.every(({ path }) => isSafePath(path) && path !== manifestName))
    throw damaged(file, { en: 'its manifest names files it cannot have', ja: '目録の内容が不正です' });
  if ((await readdir(folder)).length > 0) throw new AppError('conflict', `${folder} is not empty.`);
  const contentBytes = expected.reduce((sum, { sizeBytes }) => sum + entryBytes(sizeBytes), 0);
  const limit = contentBytes + entryBytes(manifestLimitBytes) + tailBytes.atMost;
  const folders = new Set<string>([folder]);
  const writes = wanted === null ? null : new Set(wanted);
  let unwritten = expected.reduce(
    (sum, { path, sizeBytes }) => sum + (writes === null || writes.has(path) ? sizeBytes : 0),
    0,
  );

  let manifest: string | null = null;
  const visit = async (entry: ScannedEntry, refuse: (flaw: Flaw) => Error): Promise<void> => {
    const record = missing.get(entry.name);
    if (entry.name === manifestName) {
      manifest = await textOf(entry.content);
      return;
    }
    if (record === undefined) throw refuse(flaws.surplus(entry.name));
    if (record.sizeBytes !== entry.sizeBytes) throw refuse(flaws.otherSize(entry.name));
    missing.delete(entry.name);
    const write = async (): Promise<string> => {
      const target = join(folder, entry.name);
      for (const parent of parentsOf(entry.name)) folders.add(join(folder, parent));
      try {
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        return await writeNew(target, entry.content, (bytes) => (unwritten -= bytes));
      } catch (error) {
        throw translate(error, file, unwritten); // here it is known how much room is missing
      }
    };
    const sha256 = await (writes === null || writes.has(entry.name) ? write() : hashOf(entry.content));
    if (sha256 !== record.sha256) throw refuse(flaws.otherContent(entry.name));
  };

  try {
    const scanned = await scan(file, () => limit, visit, context);
    const [lost] = missing.keys();
    if (lost !== undefined) throw damaged(file, flaws.lost(lost));
    for (const made of folders) await syncFolder(made);
    return { ...scanned, files: expected, manifest };
  } catch (error) {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    throw translate(error, file);
  }
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, at) => parts.slice(0, at + 1).join('/'));
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  for await (const chunk of content) kept.push(Buffer.from(chunk)); // what it came in is used again
  return Buffer.concat(kept).toString('utf8');
}

async function hashOf(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

/** Returns the hash of what was written. Never follows a link or writes over anything. */
async function writeNew(
  target: string,
  content: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  await using handle = await open(target, 'wx', 0o600);
  const disk = createSteadySync(handle);
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      await handle.writeFile(chunk);
      onBytes(chunk.length);
      await disk.wrote(chunk.length);
    }
    await disk.end();
  } finally {
    await disk.settle();
  }
  return hash.digest('hex');
}

const flaws = {
  surplus: (name: string): Flaw => ({
    en: `${name} is in it, but not in its manifest`,
    ja: `目録にない ${name} が入っています`,
  }),
  otherSize: (name: string): Flaw => ({
    en: `${name} has another size than its manifest says`,
    ja: `${name} の大きさが目録と異なります`,
  }),
  otherContent: (name: string): Flaw => ({
    en: `${name} is not what was packed`,
    ja: `${name} の内容が保存時と異なります`,
  }),
  lost: (name: string): Flaw => ({ en: `${name} is missing`, ja: `${name} がありません` }),
};
