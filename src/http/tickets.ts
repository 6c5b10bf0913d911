import type { Caller } from './tokens.ts';

/** Lets one person in once, in place of a token: where the bot itself shows the way to its dashboard. */
export interface Tickets {
  issue(): string;
  /** Who comes with it; null when it was not issued, is used up or too old. */
  redeem(ticket: string): Caller | null;
}

export interface TicketsOptions {
  readonly clock: () => number;
  /** 256 bits or more. */
  readonly randomId: () => string;
  readonly caller: Caller;
}

const LASTS_MS = 60_000;
const MOST = 20;

export function createTickets({ clock, randomId, caller }: TicketsOptions): Tickets {
  const issued = new Map<string, { readonly until: number }>();
  return {
    issue() {
      for (const [ticket, { until }] of issued) if (clock() > until || issued.size >= MOST) issued.delete(ticket);
      const ticket = randomId();
      issued.set(ticket, { until: clock() + LASTS_MS });
      return ticket;
    },
    redeem(ticket) {
      const found = issued.get(ticket);
      issued.delete(ticket);
      return found === undefined || clock() > found.until ? null : caller;
    },
  };
}
