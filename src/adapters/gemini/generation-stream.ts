import type { EnhancedGenerateContentResponse, GenerativeModel } from '@google/generative-ai';
import { AppError, isAppError } from '../../errors.ts';
import { LengthReached, type GenerationRequest } from '../../knowledge/ports.ts';
import { startAttempt } from './attempt.ts';
import { generationBody, type Refusable } from './generation-request.ts';
import { plainName, type GeminiOptions } from './options.ts';
import { blocked, endOf } from './reasons.ts';
import { reportedTokens, type Tokens } from './usage.ts';
import { words } from './words.ts';

export interface StreamRequest {
  readonly model: GenerativeModel;
  /** The one that is expected to answer. */
  readonly name: string;
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
  { model, name, request, without, onWriter, onTokens }: StreamRequest,
  options: GeminiOptions,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const attempt = startAttempt(options, signal);
  let text = '';
  let finish: string | null = null;
  let tokens: Tokens | null = null;
  let answered = false;
  try {
    const reply = await model.generateContentStream(generationBody(request, name, without), {
      signal: attempt.signal,
    });
    reply.response.catch(() => undefined); // the SDK reads the stream twice; the other reading reports the same error
    for await (const part of reply.stream) {
      attempt.alive();
      if (!answered) onWriter(writerOf(part));
      answered = true;
      tokens = reportedTokens(part) ?? tokens;
      const blockReason: string | undefined = part.promptFeedback?.blockReason;
      if (blockReason !== undefined) throw blocked(blockReason);
      finish = part.candidates?.[0]?.finishReason ?? finish;
      const piece = textOf(part);
      text += piece;
      if (piece !== '') yield piece;
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

/** Not the SDK's `text()`: that throws for some finish reasons and includes thoughts. */
function textOf(part: EnhancedGenerateContentResponse): string {
  const parts: readonly { text?: string; thought?: boolean }[] = part.candidates?.[0]?.content?.parts ?? [];
  return parts.map(({ text, thought }) => (thought === true ? '' : (text ?? ''))).join('');
}

/** `modelVersion` is in the API but not in the SDK's types. */
function writerOf(part: EnhancedGenerateContentResponse & { readonly modelVersion?: unknown }): string | null {
  const { modelVersion } = part;
  return typeof modelVersion === 'string' && modelVersion !== '' ? plainName(modelVersion) : null;
}
