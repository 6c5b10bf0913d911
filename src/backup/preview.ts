import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError, type Locale } from '../errors.ts';
import type { RestorePreview, RunOptions } from './api.ts';
import { judgeCompatibility } from './compatibility.ts';
import { translateData } from './disk.ts';
import { restoreId } from './journal.ts';
import type { ContentComparison } from './ports.ts';
import { LIVE_DATABASE, type RestoreParts } from './restore-parts.ts';
import { belongingOf, standingRemark } from './standing-model.ts';
import { stageOf } from './swap.ts';
import { assertRoom } from './staging.ts';

/** A restore with everything around it, for backups that were never rehearsed: measured on small machines. */
const bytesPerMs = 30_000;
const leastMs = 5_000;

/** What a restore would change, read from the backup itself. */
export function createPreview(parts: RestoreParts): (name: string, options?: RunOptions) => Promise<RestorePreview> {
  const { source, archive, files, premises, capabilities, clock, random } = parts;

  /** A live database that is damaged is no reason not to go back, and a good one to be told. */
  async function compared(copy: string, signal: AbortSignal | undefined) {
    const problems = await files.problems(parts.databaseFile, signal);
    const [problem] = problems;
    if (problem === undefined) {
      return { ...(await files.compare(copy, parts.databaseFile, signal)), undoable: true, remarks: [] };
    }
    const changes = await files.compare(copy, parts.databaseFile, signal).catch((error: unknown) => {
      if (isAppError(error)) return nothingToCompare;
      throw error;
    });
    return { ...changes, undoable: false, remarks: [damagedNow(problem)] };
  }

  return async function preview(name, options = {}) {
    const found = await source.find(name);
    const { entry, manifest, file } = found;
    const { remarks } = judgeCompatibility(manifest, capabilities());
    const sqlite = premises.contents.filter((content) => content.name === 'sqlite');
    const [database] = sqlite;
    if (database === undefined) throw new Error('the bot has no database');
    const folder = stageOf(database, restoreId(clock(), random));
    try {
      await assertRoom(manifest, sqlite);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await source.asWritten(found, () =>
        archive.extract(file, folder, manifest.files, {
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onProgress: (progress) => options.onProgress?.({ stage: 'checking', ...progress }),
          only: (path) => path.startsWith('sqlite/'),
        }),
      );
      const changes = await compared(join(folder, LIVE_DATABASE), options.signal);
      const bytes = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const drilled = entry.sidecar?.drilled;
      const estimatedMs = drilled?.ok === true ? drilled.durationMs : leastMs + Math.round(bytes / bytesPerMs);
      const belongs = standingRemark(belongingOf(entry));
      const all = [...(belongs === null ? [] : [belongs]), ...remarks, ...changes.remarks];
      return { entry, ...changes, remarks: all, estimatedMs };
    } catch (error) {
      throw translateData(error, database.root);
    } finally {
      await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
        parts.log.warn('What a preview had unpacked could not be deleted; the next start does it', { error }),
      );
    }
  };
}

const none = { count: 0, titles: [] };
const nothingToCompare: ContentComparison = {
  documentsLost: none,
  documentsReturning: none,
  questionsLost: 0,
  questionsReturning: 0,
  votesChanging: 0,
  guildsWithOtherSettings: 0,
  scheduleChanges: false,
};

function damagedNow(problem: string): Readonly<Record<Locale, string>> {
  const shown = problem.slice(0, 200);
  return {
    en: `The database that is there now is damaged (${shown}), so what would change cannot be told for certain, and there is no way back to it. Its files are kept as they are in a backup that is listed as damaged.`,
    ja: `現在のデータベースは壊れているため（${shown}）、変わる内容を正確には表示できず、復元後に元へ戻すこともできません。現在のファイルはそのまま、「破損」と表示されるバックアップとして保存します。`,
  };
}
