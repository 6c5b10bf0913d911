import type { OwnDatabaseFiles } from '../../adapters/sqlite/files.ts';
import type { BackupManager } from '../../backup/api.ts';
import type { Cron } from '../../backup/ports.ts';
import { whenDue } from '../../backup/schedule-rule.ts';
import type { Config } from '../../config.ts';
import { isAppError } from '../../errors.ts';
import { createIntegrityWatch, type RunningIntegrityWatch } from '../../health/integrity/watch.ts';
import type { Alerts } from '../../health/ports.ts';
import type { Log } from '../../log.ts';
import { besideDatabase } from '../contents.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { createBackupsCheck } from './backups-check.ts';
import { createDatabaseCheck } from './database-check.ts';
import { openIntegrityHistory } from './history.ts';
import { createIndexCheck } from './index-check.ts';

export interface IntegritySurroundings {
  /** @throws AppError `busy` while a backup is being restored */
  readonly knowledge: () => KnowledgeBase;
  readonly manager: Pick<BackupManager, 'list' | 'verify'>;
  readonly files: OwnDatabaseFiles;
  readonly cron: Cron;
  readonly alerts: Alerts;
  readonly clock: () => number;
  readonly log: Log;
}

export type OpenedIntegrity = RunningIntegrityWatch & AsyncDisposable;

/** Looks once a night, by the time of the backups, unless the configuration says otherwise. */
export async function openIntegrity(
  config: Config,
  { knowledge, manager, files, cron, alerts, clock, log }: IntegritySurroundings,
): Promise<OpenedIntegrity> {
  const { rule, timeZone } = config.integrity;
  const watch = createIntegrityWatch({
    checks: [
      createDatabaseCheck({ file: config.database.file, open: knowledge, files }),
      createIndexCheck((signal) => knowledge().checkIndex(signal)),
      createBackupsCheck({ manager, clock }),
    ],
    history: await openIntegrityHistory(besideDatabase(config, 'integrity.json'), log),
    alerts,
    clock,
    log,
  });
  const look = () =>
    void watch.look().catch((error: unknown) => {
      if (!isAppError(error, 'aborted')) log.warn('The integrity check did not take place', { error });
    });
  const stop = rule === null ? () => undefined : whenDue({ rule, timeZone }, { cron, clock }, look);
  const close = () => {
    stop();
    return watch.close();
  };
  return {
    look: (signal) => watch.look(signal),
    history: () => watch.history(),
    interrupt: () => watch.interrupt(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
