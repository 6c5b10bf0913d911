import { existsSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { isAppError } from '../../errors.ts';
import { fail, ok, warn, type Finding } from '../../health/doctor/finding.ts';
import type { PartStatus } from '../../health/ports.ts';
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
export async function askRunning({ host, port, api }: Pick<Config, 'host' | 'port' | 'api'>): Promise<Finding[]> {
  const name = 'running bot';
  const url = `http://${hostFor(host)}:${port}/readyz`;
  try {
    const [known] = api.tokens;
    const response = await fetch(url, {
      headers: known === undefined ? {} : { authorization: `Bearer ${known.token}` },
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    const { parts, version } = (await response.json()) as Answer;
    return [ok(name, version === undefined ? `at ${url}` : `version ${version}, at ${url}`), ...parts.map(ofPart)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = 'Run the doctor where the bot runs and with its HOST and PORT, and look into its log.';
    return [warn(name, `one is running on the volume, but does not answer at ${url} (${why})`, remedy)];
  }
}

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
