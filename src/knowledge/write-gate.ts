import { AppError } from '../errors.ts';

/**
 * Orders the writers of the index and the snapshot. Between a vector's way into SQLite and into the index, and likewise
 * on its way out, a copy of both would not agree with itself: writers are inside for that long, and a snapshot waits until
 * nobody is. First come, first served: neither can keep the other waiting for ever. Readers do not know of it.
 */
export interface WriteGate {
  /** For a writer, beside others. The permit is given back by calling it, once or more. @throws AppError `aborted` */
  enter(signal?: AbortSignal): Promise<() => void>;
  /** For a snapshot, alone: waits for those inside, and keeps those who come later waiting. @throws AppError `aborted` */
  hold(signal?: AbortSignal): Promise<() => void>;
  /** Whether a writer is inside: SQLite and the index may differ as long as one is. */
  isEntered(): boolean;
}

interface Waiting {
  readonly alone: boolean;
  readonly admit: () => void;
}

export function createWriteGate(): WriteGate {
  const queue: Waiting[] = [];
  let writers = 0;
  let held = false;

  const mayPass = (alone: boolean) => !held && (!alone || writers === 0);

  function admitNext(): void {
    for (let next = queue[0]; next !== undefined && mayPass(next.alone); next = queue[0]) {
      queue.shift();
      next.admit();
    }
  }

  function permit(alone: boolean): () => void {
    if (alone) held = true;
    else writers += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      if (alone) held = false;
      else writers -= 1;
      admitNext();
    };
  }

  function pass(alone: boolean, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(cancelled(signal));
      if (queue.length === 0 && mayPass(alone)) return resolve(permit(alone));
      const leave = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(cancelled(signal));
        admitNext(); // whoever waited behind this one need not any longer
      };
      const waiting: Waiting = {
        alone,
        admit() {
          signal?.removeEventListener('abort', leave);
          resolve(permit(alone));
        },
      };
      queue.push(waiting);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    enter: (signal) => pass(false, signal),
    hold: (signal) => pass(true, signal),
    isEntered: () => writers > 0,
  };
}

function cancelled(signal: AbortSignal | undefined): AppError {
  return new AppError(
    'aborted',
    { en: 'The work was cancelled while it waited.', ja: '処理は待機中に中止されました。' },
    { cause: signal?.reason },
  );
}
