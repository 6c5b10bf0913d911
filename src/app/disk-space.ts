import type { StatsFs } from 'node:fs';

/**
 * How much of a file system is free and how much there is, for a program that is not root: the difference is what is
 * used. Blocks that the file system keeps for root alone are neither.
 */
export function spaceOf({ blocks, bfree, bavail, bsize }: Pick<StatsFs, 'blocks' | 'bfree' | 'bavail' | 'bsize'>): {
  readonly freeBytes: number;
  readonly totalBytes: number;
} {
  return { freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize };
}
