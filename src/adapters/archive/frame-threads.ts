import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createDesk, doFrame, type Desk, type FrameWork } from './frame-work.ts';
import { frameBytes } from './frames.ts';

export interface FrameOrder {
  readonly desk: Desk;
  readonly work: FrameWork;
}

export type FrameOutcome =
  | { readonly ok: true; readonly outputBytes: number }
  | { readonly ok: false; readonly message: string; readonly code: string };

export interface FrameThreads extends AsyncDisposable {
  /** Resolves to the bytes of the output. Frames may come back in another order. @throws zlib's errors */
  run(order: FrameOrder): Promise<number>;
  /** So many desks keep all threads at work. */
  readonly atOnce: number;
}

const MOST_THREADS = 2;
/** From here on, starting threads costs less than it saves. */
const worthwhileBytes = 8 * frameBytes;

/** Threads for the frames of one archive of about that size; none, and the work is done at once, for a small one. */
export function openFrameThreads(sizeBytes: number): FrameThreads {
  if (sizeBytes < worthwhileBytes) return here;
  const seats = Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, openSeat);
  return {
    // One more for each waits beside the one at work.
    atOnce: 2 * seats.length,
    run(order) {
      const [freest] = seats.toSorted((a, b) => a.waiting() - b.waiting());
      return (freest ?? here).run(order);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(seats.map((seat) => seat.close()));
    },
  };
}

const here: FrameThreads = {
  atOnce: 1,
  run: async ({ desk, work }) => doFrame(desk, work),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function openSeat() {
  const worker = new Worker(new URL('./frame-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1 },
  });
  const waiting: PromiseWithResolvers<number>[] = [];
  let ended: Error | null = null;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (outcome: FrameOutcome) => {
    const done = waiting.shift();
    if (outcome.ok) done?.resolve(outcome.outputBytes);
    else done?.reject(Object.assign(new Error(outcome.message), { code: outcome.code }));
  });
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => end(new Error('A thread for compression has ended.')));
  return {
    waiting: () => waiting.length,
    run(order: FrameOrder): Promise<number> {
      if (ended !== null) return Promise.reject(ended);
      const done = Promise.withResolvers<number>();
      waiting.push(done);
      worker.postMessage(order, []);
      return done.promise;
    },
    close: () => worker.terminate(),
  };
}

/** A row of frames under way, which come out in the order in which they went in. */
export function createQueue(threads: FrameThreads) {
  const free: Desk[] = [];
  const underWay: (FrameOrder & { readonly done: Promise<number> })[] = [];
  return {
    isFull: () => underWay.length > threads.atOnce,
    isEmpty: () => underWay.length === 0,
    desk: (): Desk => free.pop() ?? createDesk(),
    free: (desk: Desk): void => void free.push(desk),
    add(order: FrameOrder): void {
      const done = threads.run(order);
      done.catch(() => undefined); // a frame before it may end the work
      underWay.push({ ...order, done });
    },
    /** Its desk is to be freed when the output has been used. */
    async oldest(): Promise<FrameOrder & { readonly output: Uint8Array }> {
      const first = underWay.shift();
      if (first === undefined) throw new Error('No frame is under way.');
      const outputBytes = await first.done;
      const { desk, work } = first;
      return { desk, work, output: desk.output.subarray(0, outputBytes) };
    },
  };
}
