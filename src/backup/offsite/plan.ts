import type { BackupEntry, BackupKind } from '../model.ts';
import { parseName } from '../name.ts';
import { planRetention, type Generation } from '../retention.ts';
import type { CopyRecord, Ledger } from './model.ts';

export interface VaultPlan {
  /** Verified backups of this machine that should be there and are not verified there, newest first. */
  readonly send: readonly BackupEntry[];
  /** Names of what is there and is kept by no rule. */
  readonly remove: readonly string[];
  /** Since when knowledge has not left the machine: the oldest backup that is newer than every verified copy. */
  readonly behindSince: number | null;
}

/**
 * What goes to a vault and what leaves it. Safety backups do not: they are made to undo a restore on this machine, and are
 * gone after a week. Of those after changes only the newest goes, for the sake of room; and nothing goes that retention would
 * take away again. A backup that was deleted here stays there until the vault's own retention removes it.
 * @param keep how many stay; of those made after changes as many again
 */
export function planVault(local: readonly BackupEntry[], ledger: Ledger, keep: number, now: number): VaultPlan {
  const good = local.filter((entry) => entry.state === 'good' && entry.sidecar !== null && kindOf(entry) !== 'safety');
  const isThere = ({ name }: { readonly name: string }) => ledger.copies[name]?.state === 'verified';
  const [newest] = good;
  const isRotten = ({ name }: BackupEntry) => ledger.copies[name]?.state === 'rotten';
  const goes = (entry: BackupEntry) => kindOf(entry) !== 'after-change' || entry === newest || isRotten(entry);
  const missing = good.filter((entry) => !isThere(entry) && goes(entry));
  const there = Object.entries(ledger.copies).map(([name, copy]) => asGeneration(name, copy));

  const rules = { last: keep, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' };
  const coming = new Set(missing.map(({ name }) => name));
  const all = [...missing, ...there.filter(({ name }) => !coming.has(name))];
  const kept = new Set(planRetention(all, rules, now).kept.map(({ name }) => name));
  const newestCopy = Math.max(-Infinity, ...there.filter(isThere).map(({ createdAt }) => createdAt));
  const uncovered = good.filter((entry) => entry.createdAt > newestCopy && !isThere(entry));
  return {
    send: missing.filter(({ name }) => kept.has(name)),
    remove: planRetention(there, rules, now).removed.map(({ name }) => name),
    behindSince: uncovered.at(-1)?.createdAt ?? null,
  };
}

function kindOf(entry: BackupEntry): BackupKind | undefined {
  return entry.sidecar?.manifest.kind;
}

function asGeneration(name: string, { state, facts }: CopyRecord): Generation {
  return {
    name,
    createdAt: parseName(name)?.createdAt ?? 0,
    state: state === 'verified' ? 'good' : 'unverified',
    sidecar:
      facts === null
        ? null
        : {
            pinned: facts.pinned,
            safetyUntil: null,
            drilled: { ok: facts.drilled },
            manifest: { kind: facts.kind },
          },
  };
}
