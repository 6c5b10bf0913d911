import { schedule } from 'node-cron';
import type { Cron } from '../../backup/ports.ts';
import type { Log } from '../../log.ts';

/** node-cron behind the port. It does not keep the process alive, and what it has to say goes to the bot's log. */
export function createCron(log: Pick<Log, 'debug' | 'warn'>): Cron {
  const logger = {
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error) => log.warn(String(message)),
    debug: (message: string | Error) => log.debug(String(message)),
  };
  return {
    everyMinute(run) {
      const task = schedule('* * * * *', () => run(), { timezone: 'UTC', logger, unref: true });
      return () => void task.destroy();
    },
  };
}
