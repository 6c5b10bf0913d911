import { counted } from '../counted.ts';
import type { Store } from '../adapters/sqlite/open.ts';
import { markerSetting } from '../adapters/sqlite/peek.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError } from '../errors.ts';
import { createIndexProbe } from '../health/index-probe.ts';
import { describeMarker, parseMarker } from '../health/marker.ts';
import { verifyPersistence } from '../health/volume-check.ts';
import type { EmbeddingSpace } from '../knowledge/model.ts';
import { reconcile, type ReconcileReport } from '../knowledge/reconcile.ts';
import type { WriteGate } from '../knowledge/write-gate.ts';
import type { Log } from '../log.ts';
import { createComeback } from './comeback.ts';
import type { IndexServer } from './index-server.ts';

/** That Chroma keeps what it is given, and holds what SQLite says it should. */
export interface Agreement {
  /**
   * Where there is knowledge, a remote server that cannot be reached is waited for in the background: words alone answer
   * meanwhile.
   * @throws AppError `config`, `damaged`; `unavailable` of a local server, or of a remote one at the first start
   */
  reach(signal?: AbortSignal): Promise<void>;
  /**
   * Compares them again, with writers waiting meanwhile, and puts right what differs.
   * @param anew servers whose collections are begun anew, as they are not ours or not there
   * @throws AppError `busy` while it is sought in the background; `unavailable`, `damaged`, `config`, `aborted`
   */
  check(signal: AbortSignal, anew?: readonly string[]): Promise<ReconcileReport>;
  /** True while it is sought in the background. */
  isAwaited(): boolean;
  /** Passages that the index had when it was reached, and that SQLite had committed before and has lost. */
  lost(): number;
  close(): Promise<void>;
}

export interface AgreementParts {
  readonly store: Store;
  readonly indexServer: IndexServer;
  readonly space: EmbeddingSpace;
  readonly gate: WriteGate;
  readonly log: Log;
  /** Before a remote server that was down is asked again; doubled each time. */
  readonly firstWaitMs: number;
}

export function createAgreement(chroma: Config['chroma'], parts: AgreementParts): Agreement {
  const { store, indexServer, space, gate, log, firstWaitMs } = parts;
  const { index, ready, startAfresh } = indexServer;
  const directory = chroma.remote?.url ?? chroma.directory;
  let lost = 0;

  async function agree(signal: AbortSignal | undefined): Promise<void> {
    await verifyPersistence({ directory, probe: createIndexProbe(indexServer), log });
    const { checked, added, removed, rebuilt, dropped, beyond } = await compare(signal, gate);
    // What a crash has interrupted of a document is done again, and what of it went to the index before is none that was lost.
    if (beyond > 0 && store.jobs.openJobs(null, 1).length === 0) lost = beyond;
    log.info('SQLite and Chroma agree', { checked, added, removed, rebuilt: rebuilt.length, dropped });
  }

  function compare(signal: AbortSignal | undefined, passed: WriteGate | null): Promise<ReconcileReport> {
    return reconcile({
      store: store.knowledge,
      index,
      space,
      ...(passed === null ? {} : { gate: passed }),
      onProgress: ({ guildId, step, done, total }) =>
        log.info(`Index of server ${guildId}: ${step} ${done} of ${counted(total, 'passage')}`),
      ...(ready === null ? {} : { ready }),
      ...(startAfresh === null ? {} : { startAfresh }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** With the gate held, a vector on its way from one into the other is not taken for a difference. */
  async function checkAlone(signal: AbortSignal, anew: readonly string[]): Promise<ReconcileReport> {
    const release = await gate.hold(signal);
    try {
      if (anew.length > 0) await assertOurs();
      for (const guildId of anew) await index.drop({ guildId, space });
      return await compare(signal, null);
    } finally {
      release();
    }
  }

  const closing = new AbortController();
  let checking: Promise<ReconcileReport> | null = null;

  /** What the start could not look at: a server that comes back may be another one. */
  async function assertOurs(): Promise<void> {
    const there = parseMarker(await indexServer.noted());
    const ours = parseMarker(store.settings.setting(markerSetting.scope, markerSetting.key));
    if (ours === null) return;
    if (there !== null && there.installationId !== ours.installationId) {
      throw new AppError(
        'config',
        `The index at ${directory} belongs to ${describeMarker(there)}, and not to this bot, so it is left alone. Check ` +
          'CHROMA_URL and CHROMADB_COLLECTION_NAME.',
      );
    }
    await indexServer.mark(ours);
  }

  const comeback = createComeback({
    async attempt(signal) {
      await assertOurs(); // nothing is begun, and nothing logged, while nobody is there
      await agree(signal);
    },
    onFailure: (error) => log.error('Chroma can be reached, and yet not be used', { error }),
    firstWaitMs,
  });

  return {
    async reach(signal) {
      try {
        await agree(signal);
      } catch (error) {
        // An empty database has nothing to answer from, and must not take the place of another without a look at Chroma.
        const isKnown = chroma.remote !== null && store.knowledge.totals().documents > 0;
        if (!isKnown || !isAppError(error, 'unavailable')) throw error;
        log.warn('Chroma cannot be reached, so words alone answer until it can', { error });
        comeback.begin();
      }
      if (chroma.remote !== null) indexServer.onDown(() => comeback.begin());
    },
    async check(signal, anew = []) {
      if (comeback.isTrying()) throw new AppError('busy', awaited);
      checking = checkAlone(AbortSignal.any([signal, closing.signal]), anew);
      try {
        return await checking;
      } finally {
        checking = null;
      }
    },
    isAwaited: () => comeback.isTrying(),
    lost: () => lost,
    async close() {
      closing.abort();
      await comeback.close();
      await checking?.catch(() => undefined); // whoever asked for it is told
    },
  };
}

const awaited = {
  en: 'Chroma cannot be reached at the moment; the bot is waiting for it.',
  ja: '現在 Chroma に接続できません。復旧を待っています。',
};
