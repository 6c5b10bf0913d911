import { readFile } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { askDate, type DatedAddress } from '../adapters/http-date/ask.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../config/loopback.ts';
import { createTrustedClock, type ClockTick, type RunningTrustedClock } from '../health/trusted-clock.ts';
import type { Log } from '../log.ts';
import { writeWholeFile } from '../whole-file.ts';
import { isMoment } from '../moment.ts';
import { besideDatabase } from './contents.ts';

export interface TrustedClockOptions {
  readonly clock: () => number;
  readonly monotonic: () => number;
  readonly log: Log;
  /** Takes the place of asking those that the configuration names. */
  readonly ask?: (() => Promise<{ readonly from: string; readonly at: number } | null>) | undefined;
}

/** With what the last run left beside the database, where no restore exchanges it. */
export function openTrustedClock(config: Config, options: TrustedClockOptions): RunningTrustedClock {
  const { clock, monotonic, log } = options;
  const file = tickFileOf(config);
  const addresses = datedAddresses(config);
  const closing = new AbortController();
  const { signal } = closing;
  const left = readSynchronously(file);
  const tick = parseTick(left);
  if (tick === null && left !== '')
    log.warn(`${file} cannot be read and is made anew; when the bot last ran is told from the database's file`);
  const asking = addresses.length === 0 ? undefined : () => askDate(addresses, { signal, log });
  const trusted = createTrustedClock({
    clock,
    monotonic,
    tick: tick ?? lastWritten(config),
    readTick: async () => parseTick(await readFile(file, 'utf8')),
    writeTick: (tick) => writeWholeFile(file, `${JSON.stringify(tick)}\n`, `${file}.new`),
    ask: options.ask ?? asking,
    log,
  });
  return {
    ...trusted,
    async close() {
      closing.abort();
      await trusted.close();
    },
  };
}

/** Somebody says, beside a running bot or without one, that this machine's clock is right. */
export async function confirmClock(config: Config, now: number): Promise<void> {
  const tick: ClockTick = { at: now, doubtedSince: null, confirmedAt: now };
  await writeWholeFile(tickFileOf(config), `${JSON.stringify(tick)}\n`);
}

export const tickFileOf = (config: Pick<Config, 'database'>): string => besideDatabase(config, 'clock.json');

/** Those that the bot talks to anyway. What runs on this machine has its clock, and is asked nothing. */
export function datedAddresses({ discord, gemini, vaults }: Config): DatedAddress[] {
  const s3 = vaults.s3 === null ? null : (vaults.s3.endpoint ?? `https://s3.${vaults.s3.region}.amazonaws.com`);
  const git = vaults.github?.repository ?? null;
  const all = [
    discord.token === null ? null : { name: 'Discord', url: 'https://discord.com/api/v10/gateway' },
    gemini === null ? null : { name: 'Gemini', url: gemini.baseUrl ?? 'https://generativelanguage.googleapis.com/' },
    git === null
      ? null
      : { name: 'GitHub', url: git.includes('://') ? new URL('/', git).href : 'https://api.github.com/' },
    s3 === null ? null : { name: 'S3', url: s3 },
  ];
  return all.filter((one) => one !== null).filter(({ url }) => !isLoopback(new URL(url).hostname));
}

/** Before there were ticks, what was last written to the database says when the bot last ran. */
function lastWritten({ database }: Config): ClockTick | null {
  const times = ['', '-wal'].map((suffix) => statSync(`${database.file}${suffix}`, { throwIfNoEntry: false })?.mtimeMs);
  const known = times.filter((at) => at !== undefined).map(Math.floor);
  return known.length === 0 ? null : { at: Math.max(...known), doubtedSince: null, confirmedAt: null };
}

function readSynchronously(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a first start; or what cannot be read, which the next tick replaces
  }
}

function parseTick(text: string): ClockTick | null {
  try {
    const { at, doubtedSince, confirmedAt } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const time = (value: unknown) => (isMoment(value) ? value : null);
    return isMoment(at) ? { at, doubtedSince: time(doubtedSince), confirmedAt: time(confirmedAt) } : null;
  } catch {
    return null;
  }
}
