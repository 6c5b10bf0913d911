import { readFile } from 'node:fs/promises';
import type { Marker } from './ports.ts';
import { writeWholeFile } from './whole-file.ts';

/** Null where none is written, and for what nobody could have written. */
export function parseMarker(value: unknown): Marker | null {
  const { installationId, starts, lastStartAt } = (value ?? {}) as Partial<Record<keyof Marker, unknown>>;
  const sound =
    typeof installationId === 'string' &&
    /^[\w-]{8,64}$/.test(installationId) &&
    Number.isSafeInteger(starts) &&
    Number.isSafeInteger(lastStartAt);
  return sound ? { installationId, starts: Number(starts), lastStartAt: Number(lastStartAt) } : null;
}

/** Null, too, for a file that cannot be read: it proves nothing then. */
export async function readMarkerFile(file: string): Promise<Marker | null> {
  try {
    return parseMarker(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** One that a power cut takes away is written again at the next start, and so is what a crash left of one: the name is the same. */
export async function writeMarkerFile(file: string, marker: Marker): Promise<void> {
  await writeWholeFile(file, `${JSON.stringify(marker)}\n`, `${file}.partial`);
}

/** As the log names an installation. */
export function describeMarker({ installationId, starts, lastStartAt }: Marker): string {
  return `installation ${installationId.slice(0, 8)}, start ${starts} of ${new Date(lastStartAt).toISOString()}`;
}
