import { existsSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { isAppError } from '../../errors.ts';
import { fail, ok, warn, type Finding } from '../../health/doctor/finding.ts';
import type { PartStatus } from '../../health/ports.ts';
import { fingerprintOf, readMarkerFile } from '../../health/marker.ts';
import { INSTALLATION_HEADER } from '../../http/status-routes.ts';
import { databaseMarkerFile } from '../marker-files.ts';
import { openVolumeLock } from '../volume-lock.ts';

const ANSWERS_WITHIN_MS = 5_000;

/** Whether a bot is running on the volume: it holds the lock, which exists since the first start. */
export function isRunning({ database }: Config): boolean {
  if (!existsSync(`${database.file}.lock`)) return false;
  try {
    openVolumeLock(database.file)[Symbol.dispose]();
    return false;
  } catch (error) {
    return isAppError(error, 'conflict');
  }
}

/** More than the states is for whoever has a token. */
type SaidPart = Pick<PartStatus, 'name' | 'state'> & Partial<PartStatus>;
interface Answer {
  readonly version?: string;
  readonly parts: readonly SaidPart[];
}

/** What a running bot says of its parts. */
export async function askRunning(config: Pick<Config, 'database' | 'host' | 'port' | 'api'>): Promise<Finding[]> {
  const { host, port, api } = config;
  const name = 'running bot';
  const url = `http://${hostFor(host)}:${port}/readyz`;
  const ask = (headers: Record<string, string>) =>
    fetch(url, { headers, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  try {
    // A token is shown to our own bot alone.
    const stranger = await ask({});
    const [ours, theirs] = [
      await readMarkerFile(databaseMarkerFile(config)),
      stranger.headers.get(INSTALLATION_HEADER),
    ];
    // While it starts it does not know yet.
    if (ours !== null && theirs !== null && theirs !== fingerprintOf(ours))
      return [warn(name, notOurs(url), OTHER_PORT)];
    const [known] = theirs === null ? [] : api.tokens;
    const response = known === undefined ? stranger : await ask({ authorization: `Bearer ${known.token}` });
    const { parts, version } = (await response.json()) as Answer;
    return [ok(name, version === undefined ? `at ${url}` : `version ${version}, at ${url}`), ...parts.map(ofPart)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = 'Run the doctor where the bot runs and with its HOST and PORT, and look into its log.';
    return [warn(name, `one is running on the volume, but does not answer at ${url} (${why})`, remedy)];
  }
}

const notOurs = (url: string): string =>
  `one is running on the volume, but the bot that answers at ${url} is that of another installation, and was not asked further`;
const OTHER_PORT =
  'Run the doctor with the HOST and PORT that the bot on this volume has: its log says where its health checks are.';

function ofPart({ name, state, detail = 'with API_TOKEN set, the bot says more' }: SaidPart): Finding {
  const check = `${name}, says the bot`;
  if (state === 'ok') return ok(check, detail);
  const remedy = 'The log says why, and docs/troubleshooting.md what to do.';
  return state === 'down' ? fail(check, `down: ${detail}`, remedy) : warn(check, `${state}: ${detail}`, remedy);
}

function hostFor(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
