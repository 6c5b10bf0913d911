import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../errors.ts';
import type { CapturedPart, SnapshotSource } from './ports.ts';

/** Keeps writers of the index waiting until the permit is given back. */
export interface Gate {
  hold(signal?: AbortSignal): Promise<() => void>;
}

export interface Captured {
  readonly parts: ReadonlyMap<SnapshotSource['name'], CapturedPart>;
  /** Every file, as it is called in the archive. */
  readonly paths: readonly string[];
  /** Why sources that can do without were left out. */
  readonly leftOut: readonly Error[];
  readonly gateMs: number;
}

export interface CaptureParts {
  readonly sources: readonly SnapshotSource[];
  readonly gate: Gate;
  readonly clock: () => number;
}

/**
 * Copies all sources at one moment: no writer is between SQLite and the index when they are pinned. Writers go on once
 * every source has its moment, or as soon as one of them fails; then the others are stopped and waited for.
 */
export async function captureAll(
  { sources, gate, clock }: CaptureParts,
  folder: string,
  signal: AbortSignal,
): Promise<Captured> {
  for (const { name } of sources) await mkdir(join(folder, name), { mode: 0o700 });
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const release = await gate.hold(signal);
  const heldAt = clock();
  let openedAt: number | null = null;
  const leftOut: Error[] = [];
  const open = (): void => {
    openedAt ??= clock();
    release();
  };
  try {
    const unpinned = new Set(sources);
    const pinned = (source: SnapshotSource): void => {
      unpinned.delete(source);
      if (unpinned.size === 0) open();
    };
    const captures = sources.map(async (source) => {
      try {
        const part = await source.capture(join(folder, source.name), stop, () => pinned(source));
        pinned(source);
        return [source.name, part] as const;
      } catch (error) {
        if (source.isDerived === true && isAppError(error, 'damaged')) {
          leftOut.push(error);
          pinned(source);
          return null;
        }
        failure.abort(error);
        open();
        throw error;
      }
    });
    const settled = await Promise.allSettled(captures);
    if (failure.signal.aborted) throw failure.signal.reason;
    const parts = settled.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []));
    const paths = parts.flatMap(([name, { files }]) => files.map(({ path }) => `${name}/${path}`));
    return { parts: new Map(parts), paths, leftOut, gateMs: (openedAt ?? clock()) - heldAt };
  } finally {
    open();
  }
}
