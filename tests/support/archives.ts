import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { createTarZst } from '../../src/adapters/archive/format.ts';
import type { FileRecord } from '../../src/backup/model.ts';
import type { ThreadContext } from '../../src/backup/ports.ts';
import { backupThreads } from './threads.ts';

export const tarZst = createTarZst({ threads: backupThreads });

/** For thousands of calls in one thread: the same work without a thread for each. */
export const inThisThread: ThreadContext = {
  signal: new AbortController().signal,
  progress: () => undefined,
  ask: () => Promise.reject(new Error('nobody answers')),
};

export interface PackedArchive {
  readonly file: string;
  readonly folder: string;
  readonly files: readonly FileRecord[];
  readonly sha256: string;
}

/** An archive of ours with these files. */
export async function packFiles(
  folder: string,
  contents: Readonly<Record<string, Uint8Array>>,
): Promise<PackedArchive> {
  const source = join(folder, 'source');
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  const file = join(folder, 'nescordbot_backup_20261121_093005.tar.zst');
  let files: readonly FileRecord[] = [];
  const { sha256 } = await tarZst.write({
    file,
    folder: source,
    paths: Object.keys(contents),
    level: 1,
    manifest: (records) => {
      files = records;
      return JSON.stringify({ files: records });
    },
  });
  return { file, folder: source, files, sha256 };
}

export function compress(content: Uint8Array): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

type Header = Parameters<ReturnType<typeof pack>['entry']>[0];

/** A tar that no honest program would make. */
export async function hostileTar(entries: readonly (Header & { readonly content?: string })[]): Promise<Buffer> {
  const tar = pack();
  for (const { content = '', ...header } of entries) tar.entry(header, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
