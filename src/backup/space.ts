import { statfs } from 'node:fs/promises';
import type { Forecast } from './api.ts';
import type { Catalogue } from './catalogue.ts';
import { noRoom } from './disk.ts';
import type { BackupEntry, Sidecar } from './model.ts';
import type { SnapshotSource } from './ports.ts';

export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytesOn: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** For small files beside a large one, and the rounding of files to blocks. */
const RESERVE_BYTES = 4_000_000;
const DAY_MS = 24 * 3_600_000;

/** Room for so much more, and a little besides. @throws AppError `limit` with how much is missing */
export async function requireRoom(folder: string, bytes: number, freeBytes: FreeBytes): Promise<void> {
  const [free, needed] = [await freeBytes(folder), bytes + RESERVE_BYTES];
  if (free < needed) throw noRoom(folder, { free, needed });
}

export interface RoomParts {
  readonly catalogue: Pick<Catalogue, 'folder' | 'list'>;
  readonly sources: readonly SnapshotSource[];
  readonly freeBytes: FreeBytes;
  /** An archive that is encrypted is there twice for a moment. */
  readonly encrypts?: boolean;
}

/** Room for the snapshot and the archive beside it. Returns the estimated size of the snapshot. @throws AppError `limit` */
export async function assertRoom({ catalogue, sources, freeBytes, encrypts = false }: RoomParts): Promise<number> {
  const estimates = await Promise.all(sources.map((source) => source.estimateBytes()));
  const snapshot = estimates.reduce((sum, bytes) => sum + bytes, 0);
  const newest = (await catalogue.list()).find(({ state }) => state === 'good');
  const share = 1 + (encrypts ? 2 : 1) * compression(newest?.sidecar ?? null);
  await requireRoom(catalogue.folder, Math.ceil(snapshot * share), freeBytes);
  return snapshot;
}

/** What the archive takes of what it holds: as the last one did, with a margin; the whole where there is none. */
function compression(last: Sidecar | null): number {
  const held = last?.manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0;
  return last === null || held === 0 ? 1 : Math.min(1, (last.archive.sizeBytes / held) * 1.25);
}

/** A line through the sizes of the archives: as many are kept as there are now, each as large as the line says. */
export function forecast(entries: readonly BackupEntry[], freeBytes: number): Forecast {
  const good = entries.filter(({ state }) => state !== 'damaged');
  const bytesPerDay = Math.max(0, growthPerDay(good)) * good.length;
  const days = bytesPerDay > 0 ? Math.floor(freeBytes / bytesPerDay) : Infinity;
  return {
    backups: entries.length,
    usedBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    freeBytes,
    bytesPerDay,
    fullInDays: days <= 3650 ? days : null,
  };
}

/** Slope of the least-squares line; 0 with fewer than three backups or less than a day between them. */
function growthPerDay(entries: readonly BackupEntry[]): number {
  const points = entries.map(({ createdAt, sizeBytes }) => ({ day: createdAt / DAY_MS, sizeBytes }));
  const days = points.map(({ day }) => day);
  if (points.length < 3 || Math.max(...days) - Math.min(...days) < 1) return 0;
  const meanDay = days.reduce((sum, day) => sum + day, 0) / points.length;
  const meanSize = points.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / points.length;
  const covariance = points.reduce((sum, point) => sum + (point.day - meanDay) * (point.sizeBytes - meanSize), 0);
  const variance = points.reduce((sum, { day }) => sum + (day - meanDay) ** 2, 0);
  return covariance / variance;
}
