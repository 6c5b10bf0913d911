import type { Config } from '../config.ts';
import { isLoopback } from '../config/loopback.ts';
import { hostOf, type Machine } from '../health/machine.ts';

/** What to do where the playground is in a container, and so listens to nobody outside of it; null where it does not. */
export function unreachablePlayground({ storage, host, port }: Config, machine: Machine): string | null {
  if (!isLoopback(host) || hostOf(storage.platform, machine) === 'machine') return null;
  return (
    'Without DISCORD_TOKEN this is the playground, and from outside of the container nobody reaches it. For the real bot, ' +
    'set DISCORD_TOKEN. To try the playground, `docker compose up` shows it to the machine it runs on; with `docker run`, add ' +
    `-p 127.0.0.1:${port}:${port} -e HOST=0.0.0.0 -e PLAYGROUND_EXPOSED=true`
  );
}
