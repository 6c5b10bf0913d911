import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestorePreview, RunOptions } from './api.ts';
import { judgeCompatibility } from './compatibility.ts';
import { restoreId } from './journal.ts';
import { LIVE_DATABASE, type RestoreParts } from './restore-parts.ts';
import { stageOf } from './swap.ts';
import { assertRoom } from './staging.ts';

/** A restore with everything around it, for backups that were never rehearsed: measured on small machines. */
const bytesPerMs = 30_000;
const leastMs = 5_000;

/** What a restore would change, read from the backup itself. */
export function createPreview(parts: RestoreParts): (name: string, options?: RunOptions) => Promise<RestorePreview> {
  const { source, archive, files, premises, capabilities, clock, random } = parts;
  return async function preview(name, options = {}) {
    const { entry, manifest, file } = await source.find(name);
    const { remarks } = judgeCompatibility(manifest, capabilities());
    const sqlite = premises.contents.filter((content) => content.name === 'sqlite');
    const [database] = sqlite;
    if (database === undefined) throw new Error('the bot has no database');
    const folder = stageOf(database, restoreId(clock(), random));
    await assertRoom(manifest, sqlite);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await archive.extract(file, folder, manifest.files, {
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        onProgress: (progress) => options.onProgress?.({ stage: 'checking', ...progress }),
        only: (path) => path.startsWith('sqlite/'),
      });
      const changes = await files.compare(join(folder, LIVE_DATABASE), parts.databaseFile, options.signal);
      const bytes = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const drilled = entry.sidecar?.drilled;
      const estimatedMs = drilled?.ok === true ? drilled.durationMs : leastMs + Math.round(bytes / bytesPerMs);
      return { entry, ...changes, remarks, estimatedMs };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
