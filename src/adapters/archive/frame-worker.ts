/** The edge of a thread that compresses or decompresses frames, one after the other, until it is ended. */
import { parentPort } from 'node:worker_threads';
import type { FrameOutcome, FrameOrder } from './frame-threads.ts';
import { doFrame } from './frame-work.ts';

parentPort?.on('message', ({ desk, work }: FrameOrder) => {
  parentPort?.postMessage(outcomeOf({ desk, work }), []);
});

function outcomeOf({ desk, work }: FrameOrder): FrameOutcome {
  try {
    return { ok: true, outputBytes: doFrame(desk, work) };
  } catch (error) {
    // Sent as it is, it would lose its code.
    const { message, code = '' } = error as NodeJS.ErrnoException;
    return { ok: false, message, code };
  }
}
