import { createHash } from 'node:crypto';
import type { Caller } from './tokens.ts';

export interface Session {
  readonly caller: Caller;
  /** Milliseconds since the epoch: it ends then at the latest. */
  readonly expiresAt: number;
}

/** Who has logged in. In memory: a restart logs everybody out. */
export interface Sessions {
  /** Returns the id, which only the cookie carries. */
  open(caller: Caller): { readonly id: string; readonly session: Session };
  find(id: string): Session | null;
  close(id: string): void;
}

export interface SessionsOptions {
  readonly clock: () => number;
  /** 256 bits or more. */
  readonly randomId: () => string;
}

const LASTS_MS = 7 * 24 * 3_600_000;
const IDLE_MS = 12 * 3_600_000;
const MOST = 100;
/** So that nobody throws out others by logging in again and again. */
const MOST_OF_ONE = 20;

export function createSessions({ clock, randomId }: SessionsOptions): Sessions {
  /** By the id's hash, so that looking one up takes no time that depends on an id; the least recently used first. */
  const sessions = new Map<string, Session & { readonly usedAt: number }>();

  function prune(): void {
    const now = clock();
    for (const [key, { usedAt, expiresAt }] of sessions)
      if (now >= expiresAt || now - usedAt >= IDLE_MS) sessions.delete(key);
  }

  return {
    open(caller) {
      prune();
      const own = [...sessions].filter(([, session]) => session.caller.name === caller.name).map(([key]) => key);
      const [oldest] = own.length >= MOST_OF_ONE ? own : sessions.size >= MOST ? sessions.keys() : [];
      if (oldest !== undefined) sessions.delete(oldest);
      const id = randomId();
      const session = { caller, expiresAt: clock() + LASTS_MS };
      sessions.set(keyOf(id), { ...session, usedAt: clock() });
      return { id, session };
    },
    find(id) {
      prune();
      const key = keyOf(id);
      const found = sessions.get(key);
      if (found === undefined) return null;
      sessions.delete(key);
      sessions.set(key, { ...found, usedAt: clock() });
      return found;
    },
    close: (id) => void sessions.delete(keyOf(id)),
  };
}

const keyOf = (id: string): string => createHash('sha256').update(id).digest('base64');
