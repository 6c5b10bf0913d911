import { setImmediate } from 'node:timers/promises';
import { GoogleGenerativeAIFetchError } from '@google/generative-ai';
import { createParser } from 'eventsource-parser';
import { AppError } from '../../errors.ts';
import { serverOf } from './client.ts';
import type { GeminiOptions } from './options.ts';
import { fields } from './untyped.ts';
import { words } from './words.ts';

/** Characters of one event; those of an answer have some hundred. */
const LONGEST_EVENT = 1_000_000;
/** Bytes of a whole reply, however little of it is text. */
const LONGEST_REPLY = 16_000_000;
const LONGEST_REFUSAL = 100_000;

type Server = Pick<GeminiOptions, 'apiKey' | 'baseUrl'>;

/**
 * The events of a streamed reply, as the server wrote them. The SDK's own reading is not used: it takes U+2028 within a
 * text for the end of a line, reads all it holds anew with each chunk, which blocks the thread for seconds where an
 * event has some megabytes, and keeps the whole stream in memory.
 * @throws GoogleGenerativeAIFetchError the server refused; AppError `unavailable`: what came is no stream of events
 */
export async function* streamEvents(
  model: string,
  body: object,
  { apiKey, baseUrl }: Server,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  const response = await fetch(`${serverOf(baseUrl)}/v1beta/models/${model}:streamGenerateContent?alt=sse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': apiKey },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await refusal(response);

  let events: string[] = [];
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data }) => void events.push(data),
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') throw garbled('an event is too long');
    },
  });
  const decode = strictDecoder();
  let bytes = 0;
  let seen = 0;
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    if (bytes > LONGEST_REPLY) throw garbled('the reply is too long');
    parser.feed(decode(chunk));
    seen += events.length;
    for (const event of events) yield JSON.parse(event);
    events = [];
    // What a server sends in one go is read in many turns.
    await setImmediate();
  }
  if (bytes > 0 && seen === 0) throw garbled('there is no event in it');
}

function chunksOf({ body }: Response): AsyncIterable<Uint8Array> | readonly Uint8Array[] {
  return body ?? [];
}

function strictDecoder(): (chunk: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new AppError('unavailable', words.garbled, { cause: error });
    }
  };
}

const garbled = (why: string) => new AppError('unavailable', words.garbled, { cause: new Error(`Its reply: ${why}.`) });

/** In the form in which the SDK reports one. */
async function refusal(response: Response): Promise<GoogleGenerativeAIFetchError> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(response)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_REFUSAL) break;
  }
  return statedError(parsed(text), response.status);
}

/** @param reply with Google's `error` in it, or anything else */
export function statedError(reply: unknown, status?: number): GoogleGenerativeAIFetchError {
  const error = fields(fields(reply).error);
  const message = typeof error.message === 'string' ? error.message.slice(0, LONGEST_REFUSAL) : '';
  const code = status ?? (typeof error.code === 'number' ? error.code : 500);
  const details = Array.isArray(error.details) ? error.details : undefined;
  return new GoogleGenerativeAIFetchError(message, code, undefined, details);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page
  }
}
