import type { BackupManager } from '../../../src/backup/api.ts';
import type { Later } from '../../../src/backup/ports.ts';
import { openSchedule, type RunningSchedule, type ScheduleParts } from '../../../src/backup/schedule.ts';

const MINUTE_MS = 60_000;
const MINUTES = 30;

interface Time {
  readonly monotonic: () => number;
  readonly pass: (ms: number) => void;
}

export interface ScheduleInSteps extends AsyncDisposable, Pick<RunningSchedule, 'reload'> {
  /** Half an hour, a minute after the other, each with what is due by then. */
  idle(): Promise<void>;
}

/** The real schedule, which does nothing but when it is told that time passes. */
export async function openScheduleInSteps(
  { manager, ...parts }: Omit<ScheduleParts, 'cron' | 'later' | 'manager'> & { readonly manager: BackupManager },
  { monotonic, pass }: Time,
): Promise<ScheduleInSteps> {
  const due = new Set<{ readonly at: number; readonly run: () => void }>();
  let working: Promise<unknown> | null = null;
  const later: Later = (delayMs, run) => {
    const one = { at: monotonic() + delayMs, run };
    due.add(one);
    return () => void due.delete(one);
  };
  const create: BackupManager['create'] = (...given) => {
    const made = manager.create(...given);
    working = made.catch(() => undefined); // the schedule says so, and tries again
    return made;
  };
  const cron = { schedule: () => () => undefined };
  const schedule = await openSchedule({ ...parts, manager: { ...manager, create }, cron, later });
  return {
    reload: () => schedule.reload(),
    async idle() {
      for (let minute = 0; minute < MINUTES; minute += 1) {
        pass(MINUTE_MS);
        await schedule.look();
        for (const one of [...due].filter(({ at }) => at <= monotonic())) {
          due.delete(one);
          one.run();
        }
        await working;
        await Promise.resolve();
      }
    },
    [Symbol.asyncDispose]: () => schedule.close(),
  };
}
