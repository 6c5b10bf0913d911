import { schedule } from 'node-cron';
import type { Cron } from '../../backup/ports.ts';
import type { Log } from '../../log.ts';

const LOOK_MS = 60_000;

/**
 * node-cron behind the port. It leaves out a time that clocks skip when they are put forward, and when the clock of the
 * machine is put back it waits until that has caught up: hence the look each minute besides. That finds what was missed, too,
 * so node-cron need not warn of each time that a machine slept through. Neither keeps the process alive, and what else
 * node-cron has to say goes to the bot's log.
 */
export function createCron(log: Pick<Log, 'debug' | 'warn'>): Cron {
  const logger = {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error) => log.warn(String(message)),
    debug: (message: string | Error) => log.debug(String(message)),
  };
  return {
    schedule(expression, timezone, look) {
      const task = schedule(expression, () => look(), { timezone, logger, unref: true, suppressMissedWarning: true });
      const besides = setInterval(look, LOOK_MS).unref();
      return () => {
        clearInterval(besides);
        void task.destroy();
      };
    },
  };
}
