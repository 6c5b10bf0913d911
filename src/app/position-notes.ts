import { timelineOf } from '../backup/state-model.ts';
import type { Marker } from '../health/ports.ts';
import type { Log } from '../log.ts';
import type { MarkerFiles } from './marker-files.ts';

/**
 * Notes outside of the database how far it has come, soon after every change: should its log lose what was committed, or
 * an older file take its place, the next start finds that more is remembered than is there.
 */
export interface PositionNotes extends AsyncDisposable {
  /** Notes it at once, where it has changed. Never rejects. */
  note(): Promise<void>;
}

export interface PositionNotesParts {
  readonly files: MarkerFiles;
  /** Null while nothing is open. @throws whatever the database says */
  readonly current: () => Promise<Marker | null>;
  readonly log: Log;
}

const EVERY_MS = 2_000;

export function openPositionNotes({ files, current, log }: PositionNotesParts): PositionNotes {
  let noted = '';
  let working: Promise<void> | null = null;
  const failed = new Set<string>();

  async function write(): Promise<void> {
    const marker = await current();
    if (marker === null || noted === keyOf(marker)) return;
    let isWhole = true;
    await files.write(marker, (file, error) => {
      isWhole = false;
      if (!failed.has(file)) log.warn(`How far the database has come cannot be noted in ${file}`, { error });
      failed.add(file);
    });
    // What could not be written is tried again: without it, nobody would know after a loss that somebody went back.
    if (isWhole) noted = keyOf(marker);
  }

  const note = (): Promise<void> =>
    (working ??= write()
      .catch((error: unknown) => log.debug('How far the database has come is not known now', { error }))
      .finally(() => (working = null)));
  const timer = setInterval(() => void note(), EVERY_MS).unref();

  return {
    note,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await working;
      await note();
    },
  };
}

const keyOf = ({ lineage, position }: Marker): string => JSON.stringify([timelineOf({ lineage })?.id, position]);
