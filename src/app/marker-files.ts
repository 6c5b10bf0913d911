import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { readMarkerFile, writeMarkerFile } from '../health/marker.ts';
import type { Marker } from '../health/ports.ts';
import { besideDatabase } from './contents.ts';

type Folders = Pick<Config, 'database' | 'chroma' | 'backup'>;

/** Where an installation is remembered outside of its database: inside the folders, as those may be mount points. */
export const databaseMarkerFile = (config: Pick<Config, 'database'>): string =>
  besideDatabase(config, 'installation.json');
export const indexMarkerFile = ({ chroma }: Pick<Config, 'chroma'>): string | null =>
  chroma.remote === null ? join(chroma.directory, '.nescordbot-installation.json') : null;
export const backupMarkerFile = ({ backup }: Pick<Config, 'backup'>): string =>
  join(backup.directory, '.nescordbot-installation.json');

export interface MarkerFiles {
  /** That of the database first; null where there is none. */
  read(): Promise<readonly (Marker | null)[]>;
  /** One write after another; what cannot be written is told to `onFailure`, and keeps no other back. */
  write(marker: Marker, onFailure: (file: string, error: unknown) => void): Promise<void>;
}

export function createMarkerFiles(config: Folders): MarkerFiles {
  const index = indexMarkerFile(config);
  const files = [databaseMarkerFile(config), ...(index === null ? [] : [index]), backupMarkerFile(config)];
  let writing: Promise<void> = Promise.resolve();

  async function writeAll(marker: Marker, onFailure: (file: string, error: unknown) => void): Promise<void> {
    if (config.backup.directoryIsDefault) await mkdir(config.backup.directory, { recursive: true, mode: 0o700 });
    for (const file of files) await writeMarkerFile(file, marker).catch((error: unknown) => onFailure(file, error));
  }

  return {
    read: () => Promise.all(files.map(readMarkerFile)),
    write(marker, onFailure) {
      const written = writing.then(() => writeAll(marker, onFailure));
      writing = written.catch(() => undefined); // whoever asked for it is told
      return written;
    },
  };
}
