import { AppError, isAppError } from '../../errors.ts';
import { LengthReached, type GenerationRequest } from '../../knowledge/ports.ts';
import { startAttempt } from './attempt.ts';
import { streamEvents } from './event-stream.ts';
import { parseGenerationEvent } from './generation-event.ts';
import { generationBody, type Refusable } from './generation-request.ts';
import type { GeminiOptions } from './options.ts';
import { blocked, endOf } from './reasons.ts';
import type { Tokens } from './usage.ts';
import { words } from './words.ts';

export interface StreamRequest {
  /** The one that is asked. */
  readonly model: string;
  /** The one that is expected to answer. */
  readonly expected: string;
  readonly request: GenerationRequest;
  readonly without: ReadonlySet<Refusable>;
  /** Told with the first part of a reply, before any of its text; null where it does not say who wrote it. */
  readonly onWriter: (model: string | null) => void;
  readonly onTokens: (tokens: Tokens | null, text: string) => void;
}

/**
 * Pieces of one answer of one model, in order. Ends without an error only when the model said that it had finished.
 * @throws LengthReached after the text
 */
export async function* streamAnswer(
  { model, expected, request, without, onWriter, onTokens }: StreamRequest,
  options: GeminiOptions,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const { question, prompt, conversation } = request;
  const attempt = startAttempt(options, signal, [question, prompt, ...conversation.map((turn) => turn.text)]);
  let text = '';
  let finish: string | null = null;
  let tokens: Tokens | null = null;
  let answered = false;
  try {
    const body = generationBody(request, expected, without);
    for await (const event of streamEvents(model, body, options, attempt.signal)) {
      attempt.alive();
      const part = parseGenerationEvent(event);
      if (!answered) onWriter(part.writer);
      answered = true;
      tokens = part.tokens ?? tokens;
      if (part.blockReason !== null) throw blocked(part.blockReason);
      finish = part.finishReason ?? finish;
      text += part.text;
      if (part.text !== '') yield part.text;
    }
    if (finish === 'MAX_TOKENS') {
      throw text.trim() === '' ? new AppError('unavailable', words.thoughtOnly) : new LengthReached();
    }
    const end = endOf(finish, text);
    if (end !== null) throw end;
  } catch (error) {
    const explained = attempt.explain(error);
    throw text !== '' && isAppError(explained, 'unavailable')
      ? new AppError('unavailable', words.cut, { cause: explained })
      : explained;
  } finally {
    attempt.end();
    if (answered) onTokens(tokens, text);
  }
}
