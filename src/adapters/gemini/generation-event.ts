import { AppError } from '../../errors.ts';
import { statedError } from './event-stream.ts';
import { plainName } from './options.ts';
import { fields, list } from './untyped.ts';
import { reportedTokens, type Tokens } from './usage.ts';
import { words } from './words.ts';

/** What one event of a streamed answer says. */
export interface GenerationEvent {
  /** The model that writes; null where it does not say. */
  readonly writer: string | null;
  readonly tokens: Tokens | null;
  readonly blockReason: string | null;
  readonly finishReason: string | null;
  /** What it adds to the answer, without thoughts. */
  readonly text: string;
}

/**
 * Only what people may read is taken as text: no thoughts, calls of tools or files, and nothing of a second candidate.
 * @throws GoogleGenerativeAIFetchError Google reports an error in the midst of a stream
 */
export function parseGenerationEvent(event: unknown): GenerationEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new AppError('unavailable', words.garbled, { cause: new Error('An event of the reply is no object.') });
  }
  const { modelVersion, promptFeedback, candidates, error } = fields(event);
  if (typeof error === 'object' && error !== null) throw statedError(event);
  const first = list(candidates)
    .map(fields)
    .find(({ index = 0 }) => index === 0);
  return {
    writer: writerOf(modelVersion),
    tokens: reportedTokens(event),
    blockReason: reasonOf(fields(promptFeedback).blockReason),
    finishReason: reasonOf(first?.finishReason),
    text: list(fields(first?.content).parts).map(textOf).join(''),
  };
}

const reasonOf = (reason: unknown): string | null => (typeof reason === 'string' && reason !== '' ? reason : null);

function textOf(part: unknown): string {
  const { text, thought = false } = fields(part);
  return typeof text === 'string' && thought === false ? text : '';
}

/** Another server's word: what is no name stands in no log and below no answer. */
function writerOf(version: unknown): string | null {
  const name = typeof version === 'string' ? plainName(version) : '';
  return /^[a-z\d][\w.-]{0,63}$/i.test(name) ? name : null;
}
