import type { ActionArgs, ActionName, ActionResult, ServerEvent, ServerFrame } from '../../client-protocol.ts';

/** A refusal by the server, in words for the person. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Socket {
  request<A extends ActionName>(action: A, args: ActionArgs<A>): Promise<ActionResult<A>>;
}

interface Listeners {
  /** Called on every connection, the first as well as those after a restart of the server. */
  readonly opened: () => void;
  readonly closed: () => void;
  readonly event: (event: ServerEvent) => void;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 5000;

/** Keeps one WebSocket open for as long as the page lives. Requests made while it is down are refused at once. */
export function createSocket(path: string, unavailable: () => string, listeners: Listeners): Socket {
  const waiting = new Map<number, Waiting>();
  let socket: WebSocket | null = null;
  let ref = 0;
  let retryMs = FIRST_RETRY_MS;

  function connect(): void {
    const url = new URL(path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const opening = new WebSocket(url);
    opening.addEventListener('open', () => {
      socket = opening;
      retryMs = FIRST_RETRY_MS;
      listeners.opened();
    });
    opening.addEventListener('message', (message) => receive(JSON.parse(String(message.data)) as ServerFrame));
    opening.addEventListener('close', () => {
      socket = null;
      for (const { reject } of waiting.values()) reject(new Refused(0, unavailable()));
      waiting.clear();
      listeners.closed();
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    });
  }

  function receive(frame: ServerFrame): void {
    if ('event' in frame) return listeners.event(frame);
    const request = waiting.get(frame.ref);
    waiting.delete(frame.ref);
    if (frame.ok) request?.resolve(frame.result as never);
    else request?.reject(new Refused(frame.error.code, frame.error.message));
  }

  connect();
  return {
    request: (action, args) =>
      new Promise((resolve, reject) => {
        if (socket?.readyState !== WebSocket.OPEN) return reject(new Refused(0, unavailable()));
        ref += 1;
        waiting.set(ref, { resolve, reject });
        socket.send(JSON.stringify({ ref, action, args }));
      }),
  };
}
