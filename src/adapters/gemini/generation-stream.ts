import type { EnhancedGenerateContentResponse, GenerativeModel } from '@google/generative-ai';
import { AppError, isAppError } from '../../errors.ts';
import type { GenerationRequest } from '../../knowledge/ports.ts';
import { startAttempt } from './attempt.ts';
import { generationBody } from './generation-request.ts';
import type { GeminiOptions } from './options.ts';
import { reportedTokens, type Tokens } from './usage.ts';
import { words } from './words.ts';

export interface StreamRequest {
  readonly model: GenerativeModel;
  readonly name: string;
  readonly request: GenerationRequest;
  readonly thinking: boolean;
  readonly onTokens: (tokens: Tokens | null, text: string) => void;
}

const ENDED_WELL = new Set(['STOP', 'MAX_TOKENS']);
/** These are no verdict on the content: the model failed. */
const FAILED = new Set(['OTHER', 'MALFORMED_FUNCTION_CALL', 'FINISH_REASON_UNSPECIFIED']);

/** Pieces of one answer of one model, in order. Ends without an error only when the model said that it had finished. */
export async function* streamAnswer(
  { model, name, request, thinking, onTokens }: StreamRequest,
  options: GeminiOptions,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const attempt = startAttempt(options, signal);
  let text = '';
  let finish: string | null = null;
  let tokens: Tokens | null = null;
  let answered = false;
  try {
    const reply = await model.generateContentStream(generationBody(request, name, thinking), {
      signal: attempt.signal,
    });
    reply.response.catch(() => undefined); // the SDK reads the stream twice; the other reading reports the same error
    for await (const part of reply.stream) {
      attempt.alive();
      answered = true;
      tokens = reportedTokens(part) ?? tokens;
      const blockReason: string | undefined = part.promptFeedback?.blockReason;
      if (blockReason !== undefined) throw blocked(blockReason);
      finish = part.candidates?.[0]?.finishReason ?? finish;
      const piece = textOf(part);
      text += piece;
      if (piece !== '') yield piece;
    }
    if (finish === null) throw new AppError('unavailable', words.cut);
    if (!ENDED_WELL.has(finish)) throw FAILED.has(finish) ? new AppError('unavailable', words.cut) : blocked(finish);
    if (text.trim() === '') throw new AppError('unavailable', words.empty, { cause: new Error(`finished: ${finish}`) });
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

function blocked(reason: string): AppError {
  return new AppError('blocked', words.blocked, { cause: new Error(`Gemini blocked it: ${reason}`) });
}
