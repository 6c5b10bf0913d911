import type { FileRecord } from '../../backup/model.ts';
import type { ArchiveFormat, ArchiveReading, JobThreads } from '../../backup/ports.ts';
import type { Packed } from './pack.ts';

/** The worker's file names the jobs `pack`, `inspect` and `unpack`. */
export function createTarZst({ threads }: { readonly threads: JobThreads }): ArchiveFormat {
  return {
    write({ file, folder, paths, level, manifest }, work = {}) {
      const answer = (files: unknown) => manifest(files as readonly FileRecord[]);
      return threads.run<Packed>('pack', { file, folder, paths, level }, { ...work, answer });
    },
    read: (file, work) => threads.run<ArchiveReading>('inspect', { file }, work),
    extract(file, folder, expected, { only, ...work } = {}) {
      const wanted = only === undefined ? null : expected.map(({ path }) => path).filter(only);
      return threads.run<ArchiveReading>('unpack', { file, folder, expected, wanted }, work);
    },
  };
}
