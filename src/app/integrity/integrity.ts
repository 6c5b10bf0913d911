import type { Store } from '../../adapters/sqlite/open.ts';
import type { OwnDatabaseFiles } from '../../adapters/sqlite/files.ts';
import type { BackupManager } from '../../backup/api.ts';
import type { Cron } from '../../backup/ports.ts';
import { whenDue } from '../../backup/schedule-rule.ts';
import type { Config } from '../../config.ts';
import { AppError, isAppError } from '../../errors.ts';
import type { IntegrityPart } from '../../health/integrity/model.ts';
import { createIntegrityWatch, type IntegrityCheck, type RunningIntegrityWatch } from '../../health/integrity/watch.ts';
import type { Audit } from '../../health/audit-model.ts';
import type { Alerts } from '../../health/ports.ts';
import type { Log } from '../../log.ts';
import { besideDatabase } from '../contents.ts';
import type { KnowledgeBase } from '../knowledge-base.ts';
import { createBackupsCheck } from './backups-check.ts';
import { createContentsCheck } from './contents-check.ts';
import { createDatabaseCheck } from './database-check.ts';
import { openIntegrityHistory } from './history.ts';
import { createIndexCheck } from './index-check.ts';

export interface IntegritySurroundings {
  /** @throws AppError `busy` while a backup is being restored */
  readonly knowledge: () => KnowledgeBase;
  readonly manager: Pick<BackupManager, 'list' | 'verify' | 'takeBack'>;
  readonly files: OwnDatabaseFiles;
  readonly cron: Cron;
  readonly alerts: Alerts;
  readonly audit: Audit;
  readonly clock: () => number;
  readonly log: Log;
}

export interface OpenedIntegrity extends RunningIntegrityWatch, AsyncDisposable {
  /** Something may not be as it was stored: it is looked at now, and not only in the night. */
  noticed(): void;
}

/** What is found wrong with the database that is open, `/readyz` says, too. */
function judging(check: IntegrityCheck, store: () => Pick<Store, 'condition'>): IntegrityCheck {
  return {
    ...check,
    async look(signal) {
      const finding = await check.look(signal);
      store().condition.judged(finding.state === 'damaged' ? new AppError('damaged', finding.words) : null);
      return finding;
    },
  };
}

/** Looks once a night, by the time of the backups, unless the configuration says otherwise. */
export async function openIntegrity(
  config: Config,
  { knowledge, manager, files, cron, alerts, audit, clock, log }: IntegritySurroundings,
): Promise<OpenedIntegrity> {
  const { rule, timeZone } = config.integrity;
  const ground = () => knowledge().store.condition.look();
  const watch = createIntegrityWatch({
    checks: [
      judging(
        createDatabaseCheck({ file: config.database.file, open: knowledge, ground, files }),
        () => knowledge().store,
      ),
      createContentsCheck({ file: config.database.file, open: knowledge, files, manager, audit, clock, log }),
      createIndexCheck((signal) => knowledge().checkIndex(signal)),
      createBackupsCheck({ manager, clock }),
    ],
    history: await openIntegrityHistory(besideDatabase(config, 'integrity.json'), log),
    alerts,
    clock,
    log,
  });
  const lookInto = (only?: readonly IntegrityPart[]) =>
    void watch.look(undefined, only).catch((error: unknown) => {
      if (!isAppError(error, 'aborted')) log.warn('The integrity check did not take place', { error });
    });
  const look = () => lookInto();
  const stop = rule === null ? () => undefined : whenDue({ rule, timeZone }, { cron, clock }, look);
  const close = () => {
    stop();
    return watch.close();
  };
  return {
    look: (signal, only) => watch.look(signal, only),
    noticed: () => lookInto(['contents']),
    history: () => watch.history(),
    interrupt: () => watch.interrupt(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
