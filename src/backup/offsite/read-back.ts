import { isAppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { newestFirst } from '../name.ts';
import { otherBytes } from '../vault/failure-model.ts';
import type { OwnState } from '../coverage-model.ts';
import { ENCRYPTED_SUFFIX } from '../vault/model.ts';
import type { Vault } from '../vault-ports.ts';
import type { Tell } from './delivery.ts';
import type { LedgerFile } from './ledger.ts';
import type { CopyRecord, Ledger, ReadBackState } from './model.ts';
import { copiesIn } from './plan.ts';

export interface ReadBackParts {
  readonly vault: Vault;
  readonly ledger: LedgerFile;
  readonly own: OwnState;
  /** May be read from the vault in a day; 0: nothing is. */
  readonly bytesPerDay: number;
  /** A copy has rotted, which the ledger says: whoever operates the bot is told before anything else is done. */
  readonly onRot: () => Promise<void>;
  readonly clock: () => number;
  readonly log: Log;
}

const DAY_MS = 24 * 3_600_000;
/** Each copy is read back at most so often. */
const EVERY_MS = 7 * DAY_MS;

/** What the bytes of a copy must hash to; null where nobody knows. */
export function expectedSha256({ sha256, fileName, facts }: CopyRecord): string | null {
  return sha256 ?? (fileName.endsWith(ENCRYPTED_SUFFIX) ? null : (facts?.archiveSha256 ?? null));
}

/**
 * Reads copies back, all their bytes, newest first, round after round, as far as the day's budget goes. Where it stands is
 * in the ledger, so that a restart goes on. What has rotted is no cover any more, and is told of.
 */
export function createReadBack(parts: ReadBackParts) {
  const { vault, ledger, own, bytesPerDay, onRot, clock, log } = parts;

  const change = (name: string, copy: CopyRecord): Promise<Ledger> =>
    ledger.change((current) => ({ ...current, copies: { ...current.copies, [name]: copy } }));

  /** @returns whether the copy is whole. @throws AppError why it could not be read */
  async function read(name: string, copy: CopyRecord, signal: AbortSignal, tell: Tell): Promise<boolean> {
    const expected = expectedSha256(copy);
    const onProgress = (progress: Parameters<Tell>[2]) => tell('reading', name, progress);
    try {
      const found = await vault.readBack({ name, fileName: copy.fileName }, { signal, onProgress });
      if (found.sizeBytes !== copy.sizeBytes || (expected ?? found.sha256) !== found.sha256) {
        throw otherBytes(vault.label, copy.fileName);
      }
      const at = clock();
      if (expected === null) return true; // nobody can tell whether it is
      const state = 'verified';
      await change(name, { ...copy, sha256: found.sha256, state, at: copy.state === state ? copy.at : at, readAt: at });
      return true;
    } catch (error) {
      // What was listed a moment ago and has no bytes is as rotten as what has others.
      if (!isAppError(error, 'damaged') && !isAppError(error, 'not_found')) throw error;
      log.error(`The copy of ${name} in ${vault.label} has rotted: it counts as none any more`, { error });
      if (copy.state !== 'rotten') await change(name, { ...copy, state: 'rotten', at: clock() });
      await onRot();
      return false;
    }
  }

  /** Those of other installations are theirs: they have no part in this one's budget. */
  function ownCopies(current: Ledger): Ledger['copies'] {
    const generations = copiesIn(current, own.state());
    const foreign = new Set(generations.filter(({ standing }) => standing === 'foreign').map((one) => one.name));
    return Object.fromEntries(Object.entries(current.copies).filter(([name]) => !foreign.has(name)));
  }

  /** @returns whether one has rotted */
  async function readDue(signal: AbortSignal, tell: Tell): Promise<boolean> {
    if (bytesPerDay === 0) return false;
    for (let hasRotted = false; ;) {
      const current = await ledger.read();
      const { state, name } = nextToRead({ ...current, copies: ownCopies(current) }, bytesPerDay, clock());
      await ledger.change((now) => ({ ...now, readBack: state }));
      const copy = name === null ? undefined : current.copies[name];
      if (name === null || copy === undefined) return hasRotted;
      if (!(await read(name, copy, signal, tell))) hasRotted = true;
    }
  }

  return { read, readDue };
}

interface Next {
  /** With the next one paid for. */
  readonly state: ReadBackState;
  /** Null while there is none, or it has to be saved up for. */
  readonly name: string | null;
}

/** What a clock that jumps makes of it is never more than one day's budget, nor a round that does not begin. */
export function nextToRead({ readBack, copies }: Ledger, bytesPerDay: number, now: number): Next {
  const { creditedAt } = readBack;
  const elapsedMs = creditedAt === null ? DAY_MS : Math.min(DAY_MS, Math.max(0, now - creditedAt));
  const earned = readBack.creditBytes + (bytesPerDay * elapsedMs) / DAY_MS;
  const names = newestFirst(Object.keys(copies));

  const nextIn = (startedAt: number, last: string | null): string | null => {
    const all = last === null ? names : newestFirst([...new Set([...names, last])]);
    const due = all.slice(last === null ? 0 : all.indexOf(last) + 1).find((one) => {
      const { readAt } = copies[one] ?? { readAt: null };
      return readAt === null || readAt > now || readAt < startedAt - DAY_MS; // what has just been sent was read then
    });
    return due ?? null;
  };
  let { startedAt, last } = readBack;
  let name = startedAt === null ? null : nextIn(startedAt, last);
  if (name === null && (startedAt === null || startedAt > now || now - startedAt >= EVERY_MS)) {
    [startedAt, last, name] = [now, null, nextIn(now, null)];
  }
  const sizeBytes = name === null ? 0 : (copies[name]?.sizeBytes ?? 0);
  // What is larger than a day's budget is saved up for; nothing else is.
  const credit = Math.floor(Math.min(earned, Math.max(bytesPerDay, sizeBytes)));
  if (name === null || credit < sizeBytes) {
    return { state: { startedAt, last, creditBytes: credit, creditedAt: now }, name: null };
  }
  return { state: { startedAt, last: name, creditBytes: credit - sizeBytes, creditedAt: now }, name };
}
