import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CapturedPart, JobThreads, SnapshotSource } from '../../backup/ports.ts';
import { databaseName, isSegment } from './snapshot-files.ts';

export interface ChromaSnapshotParts {
  /** Of the local server. A remote one has no source: its index is rebuilt from SQLite. */
  readonly directory: string;
  readonly threads: JobThreads;
}

/** The worker's file names the job `captureChroma`. */
export function createChromaSnapshot({ directory, threads }: ChromaSnapshotParts): SnapshotSource {
  return {
    name: 'chroma',
    isDerived: true,
    async estimateBytes() {
      const names = (await readdir(directory)).filter((name) => name === databaseName || isSegment(name));
      const sizes = await Promise.all(names.map((name) => sizeOf(join(directory, name))));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    capture(folder, signal, onPinned) {
      const work = { answer: () => onPinned?.(), ...(signal === undefined ? {} : { signal }) };
      return threads.run<CapturedPart>('captureChroma', { directory, folder }, work);
    },
  };
}

/** What goes away meanwhile has no size. */
async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
    const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
