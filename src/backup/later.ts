import type { Later } from './ports.ts';

/** Does not keep the process alive. */
export const later: Later = (delayMs, run) => {
  const timer = setTimeout(run, delayMs).unref();
  return () => clearTimeout(timer);
};
