import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import type { FolderStatus, PartStatus, StatusReport, StatusSource } from '../health/ports.ts';
import type { Discord } from '../discord/open-discord.ts';
import type { TrustedClock } from '../health/clock-model.ts';
import { clockStatus } from '../health/alerting/rules/doubted-clock.ts';
import { spaceOf } from './disk-space.ts';
import type { OwnPremises } from './premises.ts';

/** What can be asked for its state; null while the bot is starting. */
export interface StatusParts {
  premises: Pick<OwnPremises, 'parts' | 'totals' | 'installation' | 'state'> | null;
  discord: Pick<Discord, 'status' | 'homeGuildId'> | null;
  folders: readonly FolderStatus[];
}

export interface StatusOptions {
  readonly startedAt: number;
  readonly isLeaving: () => boolean;
  readonly trustedClock: Pick<TrustedClock, 'doubt'>;
}

/** How the bot is, at any moment from its start to its end. */
export function createStatus(
  { database, cliCommand }: Pick<Config, 'database' | 'cliCommand'>,
  parts: Readonly<StatusParts>,
  { startedAt, isLeaving, trustedClock }: StatusOptions,
): StatusSource {
  return {
    status: (): StatusReport => ({
      version: packageFile.version,
      installation: parts.premises?.installation() ?? null,
      identity: parts.premises?.state() ?? null,
      startedAt,
      parts: [
        ...(parts.premises?.parts() ?? startingParts),
        isLeaving() ? stoppingDiscord : (parts.discord?.status() ?? startingDiscord),
        ...clockStatus(trustedClock.doubt(), cliCommand),
      ],
      totals: parts.premises?.totals() ?? { guilds: 0, documents: 0, chunks: 0 },
      ...bytesOn(dirname(database.file)),
      folders: parts.folders,
    }),
  };
}

const startingParts: readonly PartStatus[] = [
  { name: 'sqlite', state: 'starting', detail: 'opening', words: { en: 'opening', ja: '開いています' } },
  { name: 'chroma', state: 'starting', detail: 'opening', words: { en: 'opening', ja: '開いています' } },
];
const stoppingDiscord: PartStatus = {
  name: 'discord',
  state: 'down',
  detail: 'stopping',
  words: { en: 'stopping', ja: '停止しています' },
};
const startingDiscord: PartStatus = {
  name: 'discord',
  state: 'starting',
  detail: 'not connected yet',
  words: { en: 'not connected yet', ja: '接続待ち' },
};

function bytesOn(folder: string): Pick<StatusReport, 'freeBytes' | 'volumeBytes'> {
  try {
    const { freeBytes, totalBytes } = spaceOf(statfsSync(folder));
    return { freeBytes, volumeBytes: totalBytes };
  } catch {
    return { freeBytes: null, volumeBytes: null }; // the folder is not there yet
  }
}
