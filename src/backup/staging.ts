import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Locale } from '../errors.ts';
import type { Manifest } from './model.ts';
import type { ArchiveFormat, ArchiveReading, ArchiveWork, Content } from './ports.ts';
import { stageOf } from './swap.ts';
import { bytesInWords } from './words.ts';

export interface StageRequest {
  readonly archive: ArchiveFormat;
  readonly file: string;
  readonly manifest: Manifest;
  readonly id: string;
  /** Those of the contents that are taken from the archive. */
  readonly contents: readonly Content[];
}

/** Some room is left for the bot, which goes on working meanwhile. */
export const reserveBytes = 16 * 1024 * 1024;

/**
 * Unpacks the archive into the roots of the contents, so that it can take their place by renaming. Comes back with what was read.
 * @throws AppError `limit` (says how much room is missing), `damaged`, `aborted`
 */
export async function stage(request: StageRequest, work: ArchiveWork): Promise<ArchiveReading> {
  const { archive, file, manifest, id, contents } = request;
  await assertRoom(manifest, contents);
  let reading: ArchiveReading | null = null;
  for (let left = contents; left.length > 0;) {
    const [first] = left;
    if (first === undefined) break;
    const wanted = left.map(({ name }) => `${name}/`);
    const unpacked = join(stageOf(first, id), 'unpacked');
    await mkdir(unpacked, { recursive: true, mode: 0o700 });
    const only = (path: string) => wanted.some((beginning) => path.startsWith(beginning));
    reading = await archive.extract(file, unpacked, manifest.files, { ...work, only });
    // Once for all of them where they share a file system; for a root on another one, once more.
    const elsewhere: Content[] = [];
    for (const content of left) if (!(await moved(unpacked, content, id))) elsewhere.push(content);
    await rm(unpacked, { recursive: true, force: true });
    left = elsewhere;
  }
  if (reading === null) throw new AppError('internal', 'There is nothing to restore to.');
  return reading;
}

async function moved(unpacked: string, content: Content, id: string): Promise<boolean> {
  const folder = stageOf(content, id);
  const from = join(unpacked, content.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await readdir(unpacked)).includes(content.name)) return true; // a backup may hold nothing of it
  try {
    await rename(from, join(folder, content.name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false;
    throw error;
  }
}

/** What is unpacked lies beside what it replaces until the end. */
export async function assertRoom({ files }: Manifest, contents: readonly Content[]): Promise<void> {
  const needed = new Map<string, number>();
  for (const { name, root } of contents) {
    const bytes = files.filter(({ path }) => path.startsWith(`${name}/`)).reduce((sum, one) => sum + one.sizeBytes, 0);
    needed.set(root, (needed.get(root) ?? 0) + bytes);
  }
  // Where the file system does not tell, two roots are taken to be on one volume: the sum is asked of each.
  const total = [...needed.values()].reduce((sum, bytes) => sum + bytes, reserveBytes);
  for (const root of needed.keys()) {
    const { bavail, bsize } = await statfs(root);
    const missing = total - bavail * bsize;
    if (missing > 0) throw new AppError('limit', noRoom(root, total, missing));
  }
}

function noRoom(root: string, total: number, missing: number): Readonly<Record<Locale, string>> {
  return {
    en: `There is not enough room in ${root} to unpack the backup: it takes ${bytesInWords(total)}, and ${bytesInWords(missing)} are missing. Nothing was changed. Free space or enlarge the volume, then try again.`,
    ja: `バックアップを展開する空き容量が ${root} に足りません。${bytesInWords(total)} 必要ですが、${bytesInWords(missing)} 不足しています。何も変更していません。空き容量を増やしてから、もう一度お試しください。`,
  };
}
