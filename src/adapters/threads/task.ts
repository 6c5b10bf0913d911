import type { MessagePort } from 'node:worker_threads';
import { once } from 'node:events';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { wrapError, type Envelope } from './envelope.ts';

/**
 * Makes a function of the worker's file callable through the pool: AppErrors survive the way back, and vectors in a
 * result that is an array are handed over instead of copied.
 */
export function task<Request, Result>(run: (request: Request) => Result | Promise<Result>) {
  return async (request: Request): Promise<unknown> => {
    try {
      return handOver({ ok: true, value: await run(request) });
    } catch (error) {
      return wrapError(error);
    }
  };
}

/** What `TextPool.runPaged` sends: the request and where the pages go. */
export interface PagedRequest<Request> {
  readonly request: Request;
  readonly port: MessagePort;
}

const PAGE = 250;

/**
 * The same for a long list of plain objects. Receiving it in one message would hold the main thread up, so it goes in
 * pages, the next one when the last has been taken.
 */
export function pagedTask<Request>(run: (request: Request) => readonly unknown[]) {
  return async ({ request, port }: PagedRequest<Request>): Promise<Envelope<null>> => {
    try {
      const items = run(request);
      for (let from = 0; from < items.length; from += PAGE) {
        const taken = once(port, 'message');
        port.postMessage(items.slice(from, from + PAGE));
        await taken;
      }
      return { ok: true, value: null };
    } catch (error) {
      return wrapError(error);
    } finally {
      port.close();
    }
  };
}

function handOver(envelope: Envelope<unknown> & { readonly ok: true }): unknown {
  const buffers = vectorBuffers(envelope.value);
  return buffers.length === 0 ? envelope : move({ [transferableSymbol]: buffers, [valueSymbol]: envelope });
}

/** Each buffer once: vectors may be windows into a common one. */
function vectorBuffers(value: unknown): ArrayBufferLike[] {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  return [...new Set(items.filter((item) => item instanceof Float32Array).map((vector) => vector.buffer))];
}
