/** Requests to the server, and its restart on purpose: it waits for those under way, and those that come meanwhile wait for it. */
export interface Pause {
  passing<T>(work: () => Promise<T>): Promise<T>;
  /** False, and nothing is done, where the requests under way take longer than that. */
  alone(withinMs: number, work: () => Promise<void>): Promise<boolean>;
}

export function createPause(): Pause {
  let underWay = 0;
  const pauses: Promise<void>[] = [];
  let onIdle = (): void => undefined;

  async function idle(withinMs: number): Promise<boolean> {
    if (underWay === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    onIdle = () => resolve(true);
    const timer = setTimeout(() => resolve(false), withinMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      onIdle = () => undefined;
    }
  }

  return {
    async passing(work) {
      while (pauses.length > 0) await pauses[0];
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) onIdle();
      }
    },
    async alone(withinMs, work) {
      if (pauses.length > 0) return false;
      const over = Promise.withResolvers<void>();
      pauses.push(over.promise);
      try {
        if (!(await idle(withinMs))) return false;
        await work();
        return true;
      } finally {
        void pauses.pop();
        over.resolve();
      }
    },
  };
}
