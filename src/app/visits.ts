import type { BackupManager, RetentionPlan, RunOptions } from '../backup/api.ts';
import { parseName } from '../backup/name.ts';
import type { OffSite } from '../backup/offsite/api.ts';
import { IN_VAULT } from '../backup/retention-reasons.ts';
import { isAppError } from '../errors.ts';
import type { Log } from '../log.ts';

interface Visit {
  count: number;
  fetched: boolean;
}

/**
 * Other installations' backups here. No rule counts them, so one that was fetched to be looked at or restored goes again as
 * soon as that is done; what a crash left, once a vault says at that moment that it has the same, read back and whole.
 */
export function createVisits(
  manager: Pick<BackupManager, 'list' | 'show' | 'delete'>,
  offSite: Pick<OffSite, 'vaults' | 'look' | 'copies'>,
  log: Pick<Log, 'info' | 'warn'>,
) {
  const visits = new Map<string, Visit>();

  async function remove(name: string): Promise<void> {
    await manager.delete(name);
    log.info(`Removed ${name}, which is another installation's and stays in the vault`);
  }

  async function leave(name: string): Promise<void> {
    try {
      const { standing, sidecar } = await manager.show(name);
      if (standing === 'foreign' && sidecar?.pinned !== true) await remove(name);
    } catch (error) {
      if (isAppError(error, 'not_found')) return;
      log.warn(`${name} was fetched for a look and could not be removed yet`, { error });
    }
  }

  /** `fetch` brings the backup here where it is not, and says whether it did. */
  async function during<Result>(
    text: string,
    fetch: (onFetch: () => void) => Promise<void>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const name = parseName(text)?.name ?? text;
    const visit = visits.get(name) ?? { count: 0, fetched: false };
    visits.set(name, visit);
    visit.count += 1;
    try {
      await fetch(() => (visit.fetched = true));
      return await work();
    } finally {
      visit.count -= 1;
      if (visit.count === 0) {
        if (visit.fetched) await leave(name);
        visits.delete(name);
      }
    }
  }

  async function leftBehind(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const isLeft = (entry: Awaited<ReturnType<BackupManager['show']>>) =>
      entry.standing === 'foreign' && entry.state !== 'damaged' && entry.sidecar?.pinned !== true;
    const foreign = (await manager.list()).filter((entry) => isLeft(entry) && !visits.has(entry.name));
    if (foreign.length === 0) return [];
    const before = new Map((await offSite.vaults()).map(({ name, listedAt }) => [name, listedAt]));
    if (before.size === 0) return [];
    await offSite.look(signal === undefined ? {} : { signal });
    const answered = (await offSite.vaults()).filter(({ name, listedAt }) => listedAt !== before.get(name));
    const asked = new Set(answered.map(({ name }) => name));
    const copies = await offSite.copies();
    return foreign
      .map(({ name }) => name)
      .filter((name) => copies.get(name)?.some(({ vault, state }) => state === 'verified' && asked.has(vault)));
  }

  return {
    during,
    /** The plan with what is left behind; with `dryRun` false, removes that. */
    async cleanup(plan: RetentionPlan, { dryRun }: { readonly dryRun: boolean }): Promise<RetentionPlan> {
      const left = new Set(await leftBehind(undefined));
      if (!dryRun) for (const name of left) await remove(name);
      return {
        kept: plan.kept.filter(({ name }) => !left.has(name)),
        removed: [...plan.removed, ...[...left].map((name) => ({ name, reason: IN_VAULT }))],
      };
    },
    async tidyUp({ signal }: RunOptions): Promise<void> {
      try {
        for (const name of await leftBehind(signal)) await remove(name);
      } catch (error) {
        log.warn("Other installations' backups that a vault has could not be removed yet", { error });
      }
    },
  };
}
