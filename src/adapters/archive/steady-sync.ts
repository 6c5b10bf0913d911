import type { FileHandle } from 'node:fs/promises';

/**
 * So much is sent on to the disk at a time. The bot's own commits, which hold its event loop, wait behind what the disk is
 * given at once; and little is left to wait for at the end.
 */
const stepBytes = 8 << 20;

/**
 * Sends a file that is written to the disk in small steps, one at a time, while more of it is made. Linux tells of a failure
 * once, to whoever asks first: each step's is kept and thrown.
 */
export function createSteadySync(handle: Pick<FileHandle, 'datasync' | 'sync'>) {
  let unsynced = 0;
  let step: Promise<void> = Promise.resolve();
  return {
    /** Waits while the disk is a whole step behind. @throws what the disk said of the step before */
    async wrote(bytes: number): Promise<void> {
      unsynced += bytes;
      if (unsynced < stepBytes) return;
      unsynced = 0;
      await step;
      step = handle.datasync();
      step.catch(() => undefined); // thrown by whoever waits for it next
    },
    /** All is on the disk. @throws what the disk says */
    async end(): Promise<void> {
      await step;
      await handle.sync();
    },
    /** Nothing is left at work on the file. */
    settle: (): Promise<void> => step.catch(() => undefined),
  };
}
