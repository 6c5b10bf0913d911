/** What is under way, for whoever closes to wait for. */
export function createUnderWay() {
  const works = new Set<Promise<unknown>>();
  return {
    /** How it ends is for whoever asked for it. */
    track: <T>(work: Promise<T>): Promise<T> => {
      const ended = work.catch(() => undefined).finally(() => works.delete(ended));
      works.add(ended);
      return work;
    },
    /** When nothing is under way any more, what began meanwhile included. */
    settled: async (): Promise<void> => {
      while (works.size > 0) await Promise.all(works);
    },
  };
}
