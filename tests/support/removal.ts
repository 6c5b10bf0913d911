/**
 * A folder goes away although somebody still writes into it: hooks run in the order of their registration, so that a folder
 * goes before the server on it is closed, and a server whose bot was killed ends by itself, a moment later.
 */
export const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 } as const;
