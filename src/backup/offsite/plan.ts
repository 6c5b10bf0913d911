import { coverageOf, newestVerified, type OwnState } from '../coverage-model.ts';
import type { BackupEntry, BackupKind } from '../model.ts';
import { parseName } from '../name.ts';
import { planRetention, type Generation } from '../retention.ts';
import { newestState, standingOf, type StateIdentity } from '../state-model.ts';
import type { CopyRecord, Ledger } from './model.ts';

export interface VaultPlan {
  /** Verified backups of this machine that should be there and are not verified there, newest first. */
  readonly send: readonly BackupEntry[];
  /** Names of what is there and is kept by no rule. */
  readonly remove: readonly string[];
  /** Since when there is knowledge that no verified copy there has; null when all is there. */
  readonly behindSince: number | null;
  /** The verified copy that is the newest of what led to what is there now. */
  readonly newest: string | null;
}

export interface VaultPlanParts {
  readonly local: readonly BackupEntry[];
  readonly ledger: Ledger;
  /** How many stay; of those made after changes as many again. */
  readonly keep: number;
  readonly now: number;
  readonly own: OwnState;
}

/**
 * What goes to a vault and what leaves it. Safety backups do not go: they are made to undo a restore on this machine, and are
 * gone after a week. Of those after changes only the newest goes, for the sake of room; and nothing goes that retention would
 * take away again. A backup that was deleted here stays there until the vault's own retention removes it. Copies of other
 * installations are theirs.
 */
export function planVault({ local, ledger, keep, now, own }: VaultPlanParts): VaultPlan {
  const good = local.filter(
    ({ state, standing, sidecar }) => state === 'good' && standing !== 'foreign' && sidecar?.manifest.kind !== 'safety',
  );
  const isThere = ({ name }: { readonly name: string }) => ledger.copies[name]?.state === 'verified';
  const newest = newestVerified(good);
  const isRotten = ({ name }: BackupEntry) => ledger.copies[name]?.state === 'rotten';
  const goes = (entry: BackupEntry) =>
    kindOf(entry) !== 'after-change' || entry.name === newest?.name || isRotten(entry);
  const missing = good.filter((entry) => !isThere(entry) && goes(entry));
  const there = copiesIn(ledger, own.state()).filter(({ standing }) => standing !== 'foreign');
  const rules = { last: keep, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' };
  const coming = new Set(missing.map(({ name }) => name));
  const all = [...missing, ...there.filter(({ name }) => !coming.has(name))];
  const kept = new Set(planRetention(all, rules, now).kept.map(({ name }) => name));
  const verified = there.filter(isThere);
  return {
    send: missing.filter(({ name }) => kept.has(name)),
    // Only once what is new is there, and whole.
    remove: newest === null || isThere(newest) ? planRetention(there, rules, now).removed.map(({ name }) => name) : [],
    behindSince: coverageOf(verified.map(identityOf), own).behindSince,
    newest: newestVerified(verified)?.name ?? null,
  };
}

/** What a vault holds, as far as it remembers, and how each stands to what is there now. */
export function copiesIn({ copies }: Ledger, state: StateIdentity | null): Generation[] {
  const own = state ?? newestState(Object.values(copies).map(({ facts }) => facts?.identity ?? null));
  return Object.entries(copies).map(([name, copy]) => asGeneration(name, copy, own));
}

function kindOf(entry: BackupEntry): BackupKind | undefined {
  return entry.sidecar?.manifest.kind;
}

const identityOf = ({ sidecar }: Generation): StateIdentity | null => sidecar?.manifest.identity ?? null;

function asGeneration(name: string, { state, facts }: CopyRecord, own: StateIdentity | null): Generation {
  return {
    name,
    createdAt: parseName(name)?.createdAt ?? 0,
    state: state === 'verified' ? 'good' : 'unverified',
    standing: standingOf(facts?.identity ?? null, own),
    sidecar:
      facts === null
        ? null
        : {
            pinned: facts.pinned,
            safetyUntil: null,
            doubtedSince: null,
            drilled: { ok: facts.drilled },
            manifest: { kind: facts.kind, identity: facts.identity },
          },
  };
}
