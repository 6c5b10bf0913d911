import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeWholeFile } from '../whole-file.ts';
import { diskFull, isDiskFull } from './ports.ts';

/** Names of files that are not finished; `cleanStale` knows them as ours. */
const PARTIAL_SUFFIX = '.partial';

/**
 * As `writeWholeFile`, and it lasts through a power cut.
 * @param partial its name until then, of its own unless the caller has a reason
 * @throws AppError `limit` when the disk is full
 */
export async function writeDurably(
  file: string,
  text: string,
  partial = join(dirname(file), `.${basename(file)}.${randomUUID()}${PARTIAL_SUFFIX}`),
): Promise<void> {
  await writeWholeFile(file, text, partial).catch((error: unknown) => {
    throw isDiskFull(error) ? diskFull(basename(file), Buffer.byteLength(text), error) : error;
  });
  await syncFolder(dirname(file));
}

/** Makes new, renamed and removed names last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
