import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openCatalogue, type Catalogue } from '../../src/backup/catalogue.ts';
import type { Cipher } from '../../src/backup/crypt-ports.ts';
import type { Sidecar } from '../../src/backup/model.ts';
import { formatName } from '../../src/backup/name.ts';
import type { OwnState } from '../../src/backup/coverage-model.ts';
import { createOffSite, type RunningOffSite } from '../../src/backup/offsite/offsite.ts';
import { writeSidecar } from '../../src/backup/sidecar.ts';
import type { StateIdentity } from '../../src/backup/state-model.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import type { Vault } from '../../src/backup/vault-ports.ts';
import { createAlerts } from '../../src/health/alerts.ts';
import type { Alerts } from '../../src/health/ports.ts';
import { entryOf } from './fake-backups.ts';
import { recordingLog, type Logged } from './fake-discord.ts';
import { tempFolder } from './temp-store.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const START = Date.UTC(2026, 10, 21, 9);

export interface OffSiteStage {
  readonly catalogue: Catalogue;
  readonly folder: string;
  readonly alerts: Alerts;
  readonly lines: Logged[];
  /** What runs now; a restart brings another. */
  readonly offSite: RunningOffSite;
  now: number;
  /** Stops it, whatever it is at, and begins again with what is on the disk. */
  restart(): Promise<void>;
  /** Another process on the same folder. */
  beside(): RunningOffSite;
  /** Lets time go by: what is due runs, and has ended afterwards. */
  pass(ms: number): Promise<void>;
  /** A backup on this machine: random bytes with a sidecar that says they are verified. */
  plant(
    at: number,
    more?: Parameters<typeof entryOf>[1] & { drilled?: boolean; pinned?: boolean; bytes?: Buffer },
  ): Promise<string>;
}

export interface OffSiteStageOptions {
  readonly vaults: readonly { readonly vault: Vault; readonly keep: number }[];
  readonly cipher?: Cipher | null;
  /** Where the backups are; a folder of its own otherwise. */
  readonly backups?: string;
  /** Whether what is fetched is to lie there encrypted. */
  readonly encrypts?: boolean;
  readonly intervalMs?: number;
  readonly readBackBytesPerDay?: number;
  readonly random?: () => number;
}

/** Copies of backups over a folder, vaults and a clock that do what the test says. */
export async function openOffSiteStage(t: TestContext, options: OffSiteStageOptions): Promise<OffSiteStage> {
  const { vaults, cipher = null, encrypts = false, intervalMs = HOUR_MS } = options;
  const { backups = join(tempFolder(t), 'backups') } = options;
  const folder = join(backups, '.off-site');
  const { log, lines } = recordingLog();
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock = () => stage.now;
  /** Each backup that is planted holds what was taught in the minute before it. */
  const taught: number[] = [];
  const stateAt = (at: number): StateIdentity => ({
    installationId: 'installation',
    application: 'playground',
    lineage: [
      {
        id: 'timeline',
        number: 1,
        cause: 'start',
        beganAt: new Date(START - 100 * DAY_MS).toISOString(),
        branchedAt: null,
      },
    ],
    position: { knowledge: Math.floor(at / 60_000), talk: 0 },
  });
  const own: OwnState = {
    state: () => (taught.length === 0 ? null : stateAt(Math.max(...taught))),
    movedSince: (knowledge) =>
      taught.filter((at) => Math.floor(at / 60_000) > knowledge).sort((a, b) => a - b)[0] ?? null,
  };
  const catalogue = await openCatalogue(backups, { createIfMissing: true, encrypts, own: () => own.state() });
  const alerts = createAlerts({ deliver: () => undefined, clock });
  const open = () =>
    createOffSite({
      vaults,
      catalogue,
      own,
      packing: (scratchFolder) => createPacking({ cipher, scratchFolder }),
      folder,
      freeBytes: () => Promise.resolve(1e12),
      readBackBytesPerDay: options.readBackBytesPerDay ?? 0,
      alerts,
      intervalMs: () => intervalMs,
      later(delayMs, run) {
        const timer = { at: stage.now + delayMs, run };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
      clock,
      random: options.random ?? (() => 0),
      log,
    });
  const stage: OffSiteStage = {
    catalogue,
    folder,
    alerts,
    lines,
    now: START,
    get offSite() {
      return running;
    },
    async restart() {
      await running.close();
      running = open();
    },
    beside: open,
    async pass(ms) {
      const until = stage.now + ms;
      for (;;) {
        await running.settled();
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        stage.now = Math.max(stage.now, due.at);
        due.run();
      }
      stage.now = until;
    },
    async plant(at, { drilled = false, pinned = false, bytes = randomBytes(20_000), ...more } = {}) {
      const { sidecar } = entryOf(at, { identity: stateAt(at), ...more });
      taught.push(at);
      const name = formatName(at);
      const archive = { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      const check = { at, ok: true, durationMs: 40_000, problems: [] };
      writeFileSync(catalogue.archiveFile(name), bytes);
      const files = [{ path: 'sqlite/nescordbot.db', ...archive }];
      const manifest = { ...sidecar?.manifest, files };
      const planted = { ...sidecar, manifest, archive, pinned, drilled: drilled ? check : null } as Sidecar;
      await writeSidecar(backups, planted);
      return name;
    },
  };
  let running = open();
  t.after(() => running.close());
  return stage;
}
