import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import type { RestoreOptions } from './api.ts';
import { judgeCompatibility } from './compatibility.ts';
import { createExchange } from './exchange.ts';
import { restoreId } from './journal.ts';
import type { Manifest } from './model.ts';
import { createPreparation } from './prepare.ts';
import type { RestoreParts } from './restore-parts.ts';
import type { StateIdentity } from './state-model.ts';

type Parts = Omit<RestoreParts, 'save' | 'setAside' | 'room' | 'capabilities' | 'databaseFile'> & {
  /** The space of the embeddings is not asked for: whatever it is, there is nothing better. */
  readonly capabilities: () => Omit<ReturnType<RestoreParts['capabilities']>, 'space'>;
};

export interface EmptyRestoreOptions extends RestoreOptions {
  /** Whose state it is, and which, as the note beside its copy says: that is what it was chosen by. Null: it says nothing. */
  readonly claimed?: StateIdentity | null;
}

/**
 * Restores to a volume on which there is no database, before anything was opened on it. When it returns, what was restored
 * is open; when it throws, or is killed, there is no database, as before. Comes back with what was restored.
 * @throws AppError `damaged` when it is not what was backed up, `conflict` when a newer program made it, `limit`, `busy`
 */
export function createEmptyRestore(parts: Parts): (name: string, options?: EmptyRestoreOptions) => Promise<Manifest> {
  const { slot, source, clock } = parts;
  const prepare = createPreparation({ ...parts, databaseFile: null });
  const exchange = createExchange(parts);

  return (name, options = {}) =>
    slot.run('restore', options, async (job) => {
      const startedAt = clock();
      job.report({ stage: 'checking', doneBytes: 0, totalBytes: 0 });
      const found = await source.find(name);
      const { manifest } = found;
      const { claimed = null } = options;
      if (claimed !== null && !isDeepStrictEqual(claimed, manifest.identity)) throw claimsAnother(manifest);
      const { usesIndex } = judgeCompatibility(manifest, { ...parts.capabilities(), space: '' });
      const id = restoreId(startedAt, parts.random);
      try {
        const request = { ...found, id, usesIndex };
        await prepare.unpack(request, job);
        await prepare.check(request, job.signal);
        const branch = { installationId: null, after: options.after ?? 0 };
        await exchange({ id, manifest, startedAt, branch, safety: { name: null, keep: null } }, job);
      } catch (error) {
        await prepare.discard(id);
        throw error;
      }
      return manifest;
    });
}

function claimsAnother({ name }: Manifest): AppError {
  return new AppError('damaged', {
    en: `The note beside the copy of ${name} claims to be of another state than the backup is, so it was not restored.`,
    ja: `${name} のコピーに添えられたマニフェストの状態が、バックアップの内容と一致しないため、復元しませんでした。`,
  });
}
