import { AppError } from '../errors.ts';

/** What was shown may be done by whoever was shown it: once, and not for long. */
export interface Confirmations {
  issue(callerName: string, backup: string): { readonly confirm: string; readonly until: number };
  /** @throws AppError `conflict` */
  redeem(confirm: string, callerName: string, backup: string): void;
}

const LASTS_MS = 5 * 60_000;
const MOST = 100;

export function createConfirmations(options: {
  readonly clock: () => number;
  readonly randomId: () => string;
}): Confirmations {
  const { clock, randomId } = options;
  const issued = new Map<string, { readonly callerName: string; readonly backup: string; readonly until: number }>();
  return {
    issue(callerName, backup) {
      for (const [confirm, { until }] of issued) if (clock() > until || issued.size >= MOST) issued.delete(confirm);
      const [confirm, until] = [randomId(), clock() + LASTS_MS];
      issued.set(confirm, { callerName, backup, until });
      return { confirm, until };
    },
    redeem(confirm, callerName, backup) {
      const found = issued.get(confirm);
      if (found === undefined || found.callerName !== callerName || found.backup !== backup || clock() > found.until) {
        throw new AppError('conflict', {
          en:
            `Nothing was restored: ask POST /api/backup/${backup}/preview first what would change, and send its confirm, ` +
            'which is good once and for five minutes.',
          ja:
            `復元していません。先に POST /api/backup/${backup}/preview で変わる内容を確認し、その confirm を送ってください。` +
            'confirm は 1 回限り、5 分間有効です。',
        });
      }
      issued.delete(confirm);
    },
  };
}
