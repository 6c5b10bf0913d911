import { AppError, isAppError } from '../../errors.ts';
import type { GenerationRequest, Generator } from '../../knowledge/ports.ts';
import { aborted, throwIfAborted } from './attempt.ts';
import { modelHandle } from './client.ts';
import { streamAnswer } from './generation-stream.ts';
import { plainName, type GeminiOptions } from './options.ts';
import { createRest } from './rest.ts';
import { backoffMs, realWait } from './retry.ts';
import { estimatedTokens, type Tokens } from './usage.ts';
import { unknownModel, words } from './words.ts';

export interface GeminiGeneratorOptions extends GeminiOptions {
  /** Tried in this order; a model that is missing, overloaded or out of quota is passed over. At least one. */
  readonly models: readonly string[];
}

/** How often the whole list is gone through. */
const ROUNDS = 2;
/** Someone is waiting: longer than this and the passages themselves are the better answer. */
const LONGEST_WAIT_MS = 4_000;
const MISSING_FOR_MS = 3_600_000;

/**
 * Gemini's answers; see `Generator` for what it promises. Another model or another try is used only before any text was
 * yielded: two models' halves are no answer.
 */
export function createGeminiGenerator(options: GeminiGeneratorOptions): Generator {
  const models = options.models.map(plainName).map((name) => ({ name, model: modelHandle(name, options) }));
  type Candidate = (typeof models)[number];
  const rest = createRest(options.clock);
  const takesNoThinking = new Set<string>();
  let lastUsed = models[0]?.name ?? 'gemini';

  const recorder = (name: string, request: GenerationRequest) => (tokens: Tokens | null, text: string) =>
    options.onUsage({
      at: options.clock(),
      model: name,
      task: 'generate',
      requests: 1,
      inputTokens: tokens?.input ?? estimatedTokens([request.instructions, request.prompt]),
      outputTokens: tokens?.output ?? estimatedTokens([text]),
    });

  async function* answer({ name, model }: Candidate, request: GenerationRequest, signal?: AbortSignal) {
    const onTokens = recorder(name, request);
    const stream = (thinking: boolean) => streamAnswer({ model, name, request, thinking, onTokens }, options, signal);
    try {
      yield* stream(!takesNoThinking.has(name));
    } catch (error) {
      if (!isAppError(error, 'invalid') || takesNoThinking.has(name) || !/think/i.test(String(error.cause)))
        throw error;
      takesNoThinking.add(name);
      yield* stream(false);
    }
  }

  /** Whether the next model may be tried after this. */
  function noteFailure(name: string, error: AppError): boolean {
    if (error.code === 'limit') rest.begin(name, error, error.retryAfterMs ?? 0);
    if (error.code === 'not_found') rest.begin(name, missing(name, error), MISSING_FOR_MS);
    return error.code === 'limit' || error.code === 'not_found' || error.code === 'unavailable';
  }

  async function* generate(request: GenerationRequest, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    for (let round = 1; ; round += 1) {
      let failure: AppError | null = null;
      for (const candidate of models) {
        if (rest.of(candidate.name) !== null) continue;
        let wrote = false;
        try {
          for await (const piece of answer(candidate, request, signal)) {
            wrote = true;
            lastUsed = candidate.name;
            yield piece;
          }
          return;
        } catch (error) {
          if (wrote || !isAppError(error) || !noteFailure(candidate.name, error)) throw asPromised(error);
          failure = error.code === 'unavailable' ? error : failure;
        }
      }
      await waitForNextRound(round, failure, signal);
    }
  }

  /** @throws the reason when another round would make no sense or would take too long to wait for */
  async function waitForNextRound(round: number, failure: AppError | null, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const resting = models.map(({ name }) => rest.of(name)).filter((found) => found !== null);
    const soonest = resting.filter(({ error }) => error.code === 'limit').sort((a, b) => a.ms - b.ms)[0];
    const ms = failure === null ? (soonest?.ms ?? Infinity) : backoffMs(round, options.random);
    if (round >= ROUNDS || ms > LONGEST_WAIT_MS) {
      if (failure !== null) throw failure;
      if (soonest) throw new AppError('limit', soonest.error.words, { cause: soonest.error, retryAfterMs: soonest.ms });
      throw resting[0]?.error ?? new AppError('config', 'No generation model is configured.');
    }
    try {
      await (options.wait ?? realWait)(ms, signal);
    } catch (error) {
      throw signal?.aborted === true ? aborted(error) : error;
    }
  }

  return {
    /** The model that wrote last: with fallbacks it is not always the first of the list. */
    get name() {
      return lastUsed;
    },
    generate,
  };
}

function missing(name: string, cause: AppError): AppError {
  return new AppError('config', unknownModel(name, 'GEMINI_GENERATION_MODELS'), { cause });
}

/** A prompt that the API refuses is not the asker's fault: to them the engine is simply not there. */
function asPromised(error: unknown): unknown {
  return isAppError(error, 'invalid') ? new AppError('unavailable', words.refused, { cause: error }) : error;
}
