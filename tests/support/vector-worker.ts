/** What a worker thread's file looks like: for tests of the pool. */
import { task } from '../../src/adapters/threads/task.ts';

export const vectors = task(({ count }: { count: number }) =>
  Array.from({ length: count }, (_, n) => Float32Array.of(n, 0.5)),
);

export const defect = task((): never => {
  throw new TypeError('there is a bug');
});
