import type {
  CopyView,
  OffSite,
  RemoteBackup,
  SyncProgress,
  SyncResult,
  VaultView,
} from '../../src/backup/offsite/api.ts';
import { AppError } from '../../src/errors.ts';

export interface ScriptedOffSite {
  readonly offSite: OffSite;
  readonly vaults: VaultView[];
  readonly copies: Map<string, CopyView[]>;
  readonly elsewhere: RemoteBackup[];
  /** What the next sync reports on its way, and ends with. */
  progress: SyncProgress[];
  results: SyncResult[];
  /** A sync waits here, half-way, when it is set. */
  hold: Promise<void> | null;
  readonly calls: string[];
}

/** Vaults that hold what the test says. */
export function createScriptedOffSite(): ScriptedOffSite {
  const script: ScriptedOffSite = {
    vaults: [],
    copies: new Map(),
    elsewhere: [],
    progress: [],
    results: [],
    hold: null,
    calls: [],
    offSite: {
      vaults: async () => script.vaults,
      copies: async () => script.copies,
      elsewhere: async () => script.elsewhere,
      states: async () => [],
      look: async () => void script.calls.push('look'),
      async sync({ onProgress } = {}) {
        script.calls.push('sync');
        for (const progress of script.progress) onProgress?.(progress);
        await script.hold;
        return script.results;
      },
      async fetch(name) {
        script.calls.push(`fetch ${name}`);
        throw new AppError('not_found', `There is no backup ${name}.`);
      },
    },
  };
  return script;
}
