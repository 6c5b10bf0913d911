import { createPacking } from '../backup/vault/packing.ts';
import type { JobThreads } from '../backup/ports.ts';
import type { Config } from '../config.ts';
import { isAppError } from '../errors.ts';
import type { Alerts } from '../health/ports.ts';
import type { Log } from '../log.ts';
import { openVaults } from './vaults.ts';

export interface KeyCheckParts {
  readonly threads: JobThreads;
  readonly alerts: Pick<Alerts, 'announce'>;
  readonly log: Log;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/**
 * Says at a start, rather than at the restore, that the newest copy of a vault cannot be read with the key of this machine.
 * Nothing is fetched: the note beside the copy tells. A key that is not there on purpose is no reason to say anything.
 */
export async function checkKey(config: Config, { threads, alerts, log, clock, signal }: KeyCheckParts): Promise<void> {
  if (config.encryption === null) return;
  using opened = await openVaults(config, { threads, clock });
  if (opened.cipher?.canDecrypt !== true) return;
  const packing = createPacking({ cipher: opened.cipher, scratchFolder: opened.folder });
  for (const { vault } of opened.vaults) {
    // What is wrong with the vault itself is said by what sends copies to it.
    const [newest] = await vault.list(signal).catch(() => []);
    if (newest === undefined || signal.aborted) continue;
    try {
      await packing.check(newest, signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) continue;
      log.warn(`${newest.fileName} in ${vault.label} cannot be read by this machine`, { error });
      alerts.announce({
        en: `The newest copy in ${vault.label} cannot be read with the key that is set now. If the key was changed, keep the old one for the older copies, and make a new backup.`,
        ja: `${vault.label} の最新のコピーは、現在設定されている鍵では読めません。鍵を変えた場合は、以前のコピーのために以前の鍵も保管し、新しいバックアップを作成してください。`,
      });
    }
  }
}

/** The same, beside a start that does not wait for it; disposing puts an end to it. */
export function beginKeyCheck(config: Config, parts: Omit<KeyCheckParts, 'signal'>): AsyncDisposable {
  const ending = new AbortController();
  const checked = checkKey(config, { ...parts, signal: ending.signal }).catch((error: unknown) => {
    parts.log.warn('Whether the key fits the copies could not be found out', { error });
  });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await checked;
    },
  };
}
