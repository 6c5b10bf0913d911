import { AppError, isAppError } from '../../errors.ts';
import type { GenerationRequest, Generator } from '../../knowledge/ports.ts';
import { aborted, throwIfAborted } from './attempt.ts';
import { refusedPart, type Refusable } from './generation-request.ts';
import { streamAnswer } from './generation-stream.ts';
import { saysNothing } from './google-says.ts';
import { createModels, isSameModel } from './models.ts';
import { plainName, type GeminiOptions, type ModelNews } from './options.ts';
import { createRest } from './rest.ts';
import { backoffMs, realWait } from './retry.ts';
import { estimatedTokens, type Tokens } from './usage.ts';
import { unknownModel } from './words.ts';

export interface GeminiGeneratorOptions extends GeminiOptions {
  /** Tried in this order; a model that is missing, overloaded or out of quota is passed over. At least one. */
  readonly models: readonly string[];
  /** Which model answered for one of these when it was last asked. */
  readonly answeredBy?: ReadonlyMap<string, string>;
  readonly onNews?: (news: ModelNews) => void;
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
  const models = options.models.map(plainName);
  const rest = createRest(options.clock);
  const known = createModels(options.answeredBy ?? new Map(), options.onNews ?? (() => undefined));
  /** Models, by the name of who answers, that refused to be told how much to think. */
  const takesNoThinking = new Set<string>();
  let isStoreRefused = false;
  let lastUsed = models[0] ?? 'gemini';

  const recorder = (name: string, request: GenerationRequest) => (tokens: Tokens | null, text: string) =>
    options.onUsage({
      at: options.clock(),
      model: name,
      task: 'generate',
      requests: 1,
      inputTokens: tokens?.input ?? estimatedTokens([request.instructions, request.prompt]),
      outputTokens: tokens?.output ?? estimatedTokens([text]),
    });

  async function* answer(name: string, request: GenerationRequest, signal?: AbortSignal) {
    let writer = name;
    request.onEngine?.(name);
    const onWriter = (version: string | null): void => {
      writer = version === null || isSameModel(name, version) ? name : version;
      known.answered(name, version, isStoreRefused);
      lastUsed = writer;
      request.onEngine?.(writer);
    };
    for (;;) {
      const expected = known.answering(name);
      const without = new Set<Refusable>();
      if (takesNoThinking.has(expected)) without.add('thinking');
      if (isStoreRefused) without.add('store');
      const onTokens = (tokens: Tokens | null, text: string) => recorder(writer, request)(tokens, text);
      try {
        yield* streamAnswer({ model: name, expected, request, without, onWriter, onTokens }, options, signal);
        return;
      } catch (error) {
        const part = isAppError(error, 'invalid') ? refusedBy(error) : null;
        if (part === null || without.has(part)) {
          if (part === 'store') isStoreRefused = false; // it was about something else
          throw error;
        }
        if (part === 'store') isStoreRefused = true;
        else takesNoThinking.add(expected);
      }
    }
  }

  /** Of another server even a refusal without a reason may be about the field that it does not know yet. */
  function refusedBy({ cause }: AppError): Refusable | null {
    const message = cause instanceof Error ? cause.message : '';
    const isUnnamed = options.baseUrl !== null && saysNothing(message);
    return refusedPart(message) ?? (isUnnamed ? 'store' : null);
  }

  /** Whether the next model may be tried after this. */
  function noteFailure(name: string, error: AppError): boolean {
    if (error.code === 'limit') rest.begin(name, error, error.retryAfterMs ?? 0);
    if (error.code === 'not_found') {
      rest.begin(name, missing(name, error), MISSING_FOR_MS);
      known.missing(name);
    }
    return error.code === 'limit' || error.code === 'not_found' || error.code === 'unavailable';
  }

  async function* generate(request: GenerationRequest, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    for (let round = 1; ; round += 1) {
      let failure: AppError | null = null;
      for (const name of models) {
        if (rest.of(name) !== null) continue;
        let wrote = false;
        try {
          for await (const piece of answer(name, request, signal)) {
            wrote = true;
            yield piece;
          }
          return;
        } catch (error) {
          if (wrote || !isAppError(error) || !noteFailure(name, error)) throw asPromised(error);
          failure = error.code === 'unavailable' ? error : failure;
        }
      }
      await waitForNextRound(round, failure, request, signal);
    }
  }

  /** @throws the reason when another round would make no sense or would take too long to wait for */
  async function waitForNextRound(
    round: number,
    failure: AppError | null,
    { onEngine }: GenerationRequest,
    signal?: AbortSignal,
  ): Promise<void> {
    throwIfAborted(signal);
    const resting = models.flatMap((name) => {
      const found = rest.of(name);
      return found === null ? [] : [{ name, ...found }];
    });
    const soonest = resting.filter(({ error }) => error.code === 'limit').sort((a, b) => a.ms - b.ms)[0];
    const ms = failure === null ? (soonest?.ms ?? Infinity) : backoffMs(round, options.random);
    if (round >= ROUNDS || ms > LONGEST_WAIT_MS) {
      if (failure !== null) throw failure;
      // The words name whose quota it is.
      if (soonest) onEngine?.(soonest.name);
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
  return isAppError(error, 'invalid') ? new AppError('unavailable', error.words, { cause: error }) : error;
}
