import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { citeFirstPassage, failure, generation, hashedEmbedding, invalidKey } from './gemini-server-replies.ts';
import { openValidation, type GeminiTask } from './gemini-server-schema.ts';

/** What the server does instead of answering well. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: unknown }
  | { readonly kind: 'hang' }
  /** The connection breaks after this many pieces of the stream (or at once for other requests). */
  | { readonly kind: 'cut'; readonly afterPieces: number }
  /** The stream ends politely, without a finish reason. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'malformed' }
  /** These objects are the reply (for a stream: its events). */
  | { readonly kind: 'reply'; readonly events: readonly unknown[] }
  /** These bytes are the reply, as they are; then it ends or stands still. */
  | {
      readonly kind: 'raw';
      readonly chunks: readonly (string | Uint8Array)[];
      readonly after?: 'end' | 'stand still';
    }
  | { readonly kind: 'slow'; readonly msPerPiece: number }
  /** The stream stands still after this many pieces, and goes on when it is let. */
  | { readonly kind: 'held'; readonly afterPieces: number; readonly until: Promise<void> };

/** A fault for the next request that fits, or for the next `times` of them. */
export type Scripted = Fault & { readonly model?: string; readonly task?: GeminiTask; readonly times?: number };

export interface RecordedRequest {
  readonly task: GeminiTask;
  readonly model: string;
  readonly body: Record<string, unknown>;
}

export interface GeminiServer {
  readonly url: string;
  readonly apiKey: string;
  /** False where Google's description of the API is absent: say so, or skip. */
  readonly validates: boolean;
  readonly requests: readonly RecordedRequest[];
  /** What was wrong with requests; a test that ends with any has failed. */
  readonly problems: readonly string[];
  script(...faults: readonly Scripted[]): void;
  /** The text of generated answers from now on. */
  answerWith(answer: (prompt: string) => string): void;
  /** From now on another model answers for this one, as `modelVersion` says; null gives it back. */
  reroute(model: string, to: string | null): void;
  /** Waits until this many requests have arrived since the start. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The Gemini API on a loopback port: the parts of it that the bot uses, checked and scriptable. */
export async function openGeminiServer(apiKey = 'test-key-AIza0123456789'): Promise<GeminiServer> {
  const validate = openValidation();
  const requests: RecordedRequest[] = [];
  const problems: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let faults: { fault: Scripted; left: number }[] = [];
  let answer: (prompt: string) => string = citeFirstPassage;
  const routes = new Map<string, string>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const match = /^\/v1beta\/models\/([^/:]+):(\w+)$/.exec(url.pathname);
    if (match === null || request.method !== 'POST')
      return send(response, 404, failure(404, 'NOT_FOUND', 'No such method.'));
    const [, model = '', task] = match;
    if (!isTask(task)) return send(response, 404, failure(404, 'NOT_FOUND', `No such method: ${task}`));
    const body = await readBody(request);
    const key = request.headers['x-goog-api-key'] ?? url.searchParams.get('key');
    if (key !== apiKey) return send(response, 400, invalidKey());
    const problem = limitsOf(task, model, body) ?? validate?.(task, model, body) ?? null;
    requests.push({ task, model, body });
    if (problem !== null) problems.push(`${task}: ${problem}`);
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();
    if (problem !== null) return send(response, 400, failure(400, 'INVALID_ARGUMENT', problem));
    const fault = takeFault(task, model);
    if (task === 'streamGenerateContent') return stream(response, promptOf(body), routes.get(model) ?? model, fault);
    if (fault !== null) return misbehave(response, fault);
    return send(response, 200, replyTo(task, body));
  }

  function takeFault(task: GeminiTask, model: string): Fault | null {
    const found = faults.find(({ fault }) => (fault.model ?? model) === model && (fault.task ?? task) === task);
    if (found === undefined) return null;
    found.left -= 1;
    faults = faults.filter(({ left }) => left > 0);
    return found.fault;
  }

  function replyTo(task: GeminiTask, body: Record<string, unknown>): unknown {
    if (task === 'embedContent') return { embedding: embeddingOf(body) };
    if (task === 'generateContent') return generation(answer(promptOf(body)), 'STOP');
    return { embeddings: listOf(body.requests).map((one) => embeddingOf(recordOf(one))) };
  }

  async function stream(response: ServerResponse, prompt: string, by: string, fault: Fault | null): Promise<void> {
    if (fault !== null && (fault.kind === 'status' || fault.kind === 'hang')) return misbehave(response, fault);
    if (fault?.kind === 'raw') return sendRaw(response, fault);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const pieces = answer(prompt).match(/[^]{1,12}/gu) ?? [];
    const last = pieces.length - 1;
    const events: readonly unknown[] =
      fault?.kind === 'reply'
        ? fault.events
        : pieces.map((text, n) =>
            generation(text, n === last && fault?.kind !== 'unfinished' ? 'STOP' : undefined, by),
          );
    for (const [n, event] of events.entries()) {
      if (fault?.kind === 'cut' && n === fault.afterPieces) return void response.destroy();
      if (fault?.kind === 'slow') await delay(fault.msPerPiece);
      if (fault?.kind === 'held' && n === fault.afterPieces) await fault.until;
      if (response.destroyed) return; // nobody reads any more
      const data = fault?.kind === 'malformed' ? '{"candidates": [{' : JSON.stringify(event);
      await new Promise((written) => response.write(`data: ${data}\r\n\r\n`, written));
    }
    response.end();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      problems.push(`the test server failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    apiKey,
    validates: validate !== null,
    requests,
    problems,
    script: (...more) => void faults.push(...more.map((fault) => ({ fault, left: fault.times ?? 1 }))),
    answerWith: (next) => void (answer = next),
    reroute: (model, to) => void (to === null ? routes.delete(model) : routes.set(model, to)),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ count, resolve });
          }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function misbehave(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'hang') return;
  if (fault.kind === 'cut') return void response.destroy();
  if (fault.kind === 'status') {
    return send(response, fault.status, fault.body ?? failure(fault.status, 'INTERNAL', 'Scripted failure.'));
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(fault.kind === 'reply' ? JSON.stringify(fault.events[0]) : '{"embeddings": [');
}

async function sendRaw(response: ServerResponse, fault: Fault & { readonly kind: 'raw' }): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of fault.chunks) {
    if (response.destroyed) return; // nobody reads any more
    await new Promise((written) => response.write(chunk, written));
  }
  if (fault.after !== 'stand still') response.end();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return recordOf(JSON.parse(Buffer.concat(parts).toString('utf8')));
}

function isTask(task: string | undefined): task is GeminiTask {
  return ['embedContent', 'batchEmbedContents', 'generateContent', 'streamGenerateContent'].includes(task ?? '');
}

/** Limits that the description does not state. */
function limitsOf(task: GeminiTask, model: string, body: Record<string, unknown>): string | null {
  const models = task === 'batchEmbedContents' ? listOf(body.requests).map((one) => recordOf(one).model) : [];
  if (models.some((named) => named !== `models/${model}`)) return 'the model of each request must be the URL’s';
  if (models.length > 100) return 'at most 100 requests can be in one batch';
  if (task === 'embedContent' && textOf(body.content).trim() === '') return 'content is empty';
  return null;
}

function embeddingOf(request: Record<string, unknown>): { values: number[] } {
  const { outputDimensionality } = request;
  const dimensions = typeof outputDimensionality === 'number' ? outputDimensionality : 3_072;
  return { values: hashedEmbedding(textOf(request.content), dimensions) };
}

function promptOf(body: Record<string, unknown>): string {
  return textOf(listOf(body.contents).at(-1));
}

function textOf(content: unknown): string {
  return listOf(recordOf(content).parts)
    .map((part) => recordOf(part).text)
    .filter((text) => typeof text === 'string')
    .join('');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
