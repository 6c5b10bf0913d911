import { newestVerified, type OwnState } from '../coverage-model.ts';
import type { BackupEntry } from '../model.ts';
import { newestFirst, parseName } from '../name.ts';
import type { Generation } from '../retention.ts';
import { placeOf } from '../state-model.ts';
import type { Vault } from '../vault-ports.ts';
import type { CopyView, RemoteBackup, RottenCopy, StoredState, SyncProgress, VaultView } from './api.ts';
import type { CopyRecord, Ledger } from './model.ts';
import { copiesIn, planVault } from './plan.ts';
import { forecastQuota } from './usage.ts';

/** A vault with what is remembered of it. */
export interface Remembered {
  readonly vault: Pick<Vault, 'name' | 'label'>;
  readonly keep: number;
  readonly ledger: Ledger;
  readonly running: SyncProgress | null;
}

export interface ViewParts {
  readonly local: readonly BackupEntry[];
  readonly now: number;
  readonly own: OwnState;
  /** Between two scheduled backups. */
  readonly intervalMs: number;
  readonly readBackBytesPerDay: number;
}

const DAY_MS = 24 * 3_600_000;

export function vaultView(one: Remembered, all: readonly Remembered[], parts: ViewParts): VaultView {
  const { vault, keep, ledger, running } = one;
  const { send, behindSince, newest: newestThere } = planVault({ ...parts, ledger, keep });
  const newest = newestVerified(parts.local);
  const copies = copiesIn(ledger, parts.own.state());
  const is = (state: CopyRecord['state']) => (name: string) => ledger.copies[name]?.state === state;
  const verified = newestFirst(ownOf(copies).filter(is('verified')));
  const pace = { archiveBytes: newest?.sizeBytes ?? 0, perDay: DAY_MS / parts.intervalMs };
  return {
    name: vault.name,
    label: vault.label,
    lastSuccessAt: ledger.lastSuccessAt,
    listedAt: ledger.listedAt,
    pending: send.map(({ name }) => name),
    behindSince,
    trouble: ledger.trouble,
    failures: ledger.failures,
    quota: forecastQuota(ledger.usage, pace),
    verified,
    others: newestFirst(othersOf(copies)),
    newest: newestThere,
    rotten: newestFirst(ownOf(copies).filter(is('rotten'))).map((name) => rottenCopy(name, one, all, parts)),
    readBack: readBackOf(ledger, verified, parts.readBackBytesPerDay),
    running,
  };
}

const ownOf = (copies: readonly Generation[]): string[] =>
  copies.filter(({ standing }) => standing !== 'foreign').map(({ name }) => name);
/** What other installations have there is their own matter, and whether it is whole. */
const othersOf = (copies: readonly Generation[]): string[] =>
  copies.filter(({ standing }) => standing === 'foreign').map(({ name }) => name);

function rottenCopy(name: string, own: Remembered, all: readonly Remembered[], { local }: ViewParts): RottenCopy {
  const copy = own.ledger.copies[name];
  const isHere = local.some((entry) => entry.name === name && entry.state === 'good');
  const other = all.find((one) => one !== own && one.ledger.copies[name]?.state === 'verified');
  return {
    name,
    foundAt: copy?.at ?? 0,
    wholeAt: copy?.readAt ?? null,
    replacedFrom: isHere ? 'here' : other === undefined ? null : { label: other.vault.label },
  };
}

function readBackOf({ copies }: Ledger, verified: readonly string[], bytesPerDay: number): VaultView['readBack'] {
  if (bytesPerDay === 0) return null;
  const times = verified.map((name) => copies[name]?.readAt ?? 0);
  if (times.length === 0) return { bytesPerDay, newestAt: null, oldestAt: null };
  return { bytesPerDay, newestAt: Math.max(...times), oldestAt: Math.min(...times) };
}

export function copyViews(all: readonly Remembered[], parts: ViewParts): ReadonlyMap<string, CopyView[]> {
  const views = new Map<string, CopyView[]>();
  const add = (name: string, view: CopyView) => void views.set(name, [...(views.get(name) ?? []), view]);
  for (const { vault, keep, ledger } of all) {
    for (const [name, { state, at, readAt, sizeBytes }] of Object.entries(ledger.copies)) {
      add(name, { vault: vault.name, state, at, readAt, sizeBytes, failure: ledger.failures[name] ?? null });
    }
    for (const { name } of planVault({ ...parts, ledger, keep }).send) {
      if (ledger.copies[name] !== undefined) continue;
      const failure = ledger.failures[name] ?? null;
      const state = failure === null ? 'pending' : 'failed';
      add(name, { vault: vault.name, state, at: failure?.at ?? null, readAt: null, sizeBytes: null, failure });
    }
  }
  return views;
}

export const storedStates = (all: readonly Remembered[]): StoredState[] =>
  all.flatMap(({ vault: { label }, ledger }) =>
    Object.entries(ledger.copies).flatMap(([name, { state, facts }]) =>
      state === 'rotten' || facts === null || facts.identity === null
        ? []
        : [{ name, label, identity: facts.identity }],
    ),
  );

export function remoteBackups(all: readonly Remembered[], parts: ViewParts): RemoteBackup[] {
  const own = parts.own.state();
  const here = new Set(parts.local.map(({ name }) => name));
  const views = copyViews(all, parts);
  const names = new Set(all.flatMap(({ ledger }) => Object.keys(ledger.copies)).filter((name) => !here.has(name)));
  return newestFirst([...names]).map((name) => {
    const records = all.map(({ ledger }) => ledger.copies[name]).filter((record) => record !== undefined);
    const facts = records.map((record) => record.facts).find((found) => found !== null) ?? null;
    const identity = facts?.identity ?? null;
    const view = {
      name,
      createdAt: parseName(name)?.createdAt ?? 0,
      sizeBytes: records[0]?.sizeBytes ?? 0,
      identity,
      kind: facts?.kind ?? null,
      reason: facts?.reason ?? null,
      by: facts?.by ?? null,
      documents: facts?.documents ?? null,
      drilled: facts?.drilled ?? false,
      pinned: facts?.pinned ?? false,
      copies: views.get(name) ?? [],
    };
    return Object.assign(view, placeOf(identity, own));
  });
}
