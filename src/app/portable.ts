import { existsSync } from 'node:fs';
import packageFile from '../../package.json' with { type: 'json' };
import { openExportSource } from '../adapters/sqlite/export.ts';
import { openImportTarget } from '../adapters/sqlite/import.ts';
import type { ExportSource, ImportTarget } from '../backup/portable/model.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { markerOfImport } from './volume-start.ts';

/** What exports and imports work with: reading beside a running bot, writing only while none runs. */
export interface Portable {
  readonly version: string;
  /** @throws AppError `not_found`: there is no database yet */
  openExport(): ExportSource;
  /** @throws AppError `busy`: a bot is running on the volume */
  openImport(): Promise<ImportTarget>;
}

export function openPortable(config: Config, { besideBot }: { readonly besideBot: boolean }): Portable {
  const { database } = config;
  return {
    version: packageFile.version,
    openExport() {
      if (!existsSync(database.file)) throw new AppError('not_found', `There is no database at ${database.file} yet.`);
      return openExportSource(database.file, database.timeoutMs);
    },
    async openImport() {
      if (besideBot) {
        throw new AppError('busy', 'A bot is running on this volume. Stop it, import, and start it again.');
      }
      return openImportTarget({ ...config.database, marker: await markerOfImport(config) });
    },
  };
}
