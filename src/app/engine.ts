import { createGeminiEmbedder } from '../adapters/gemini/embed.ts';
import { createGeminiGenerator } from '../adapters/gemini/generate.ts';
import { plainName } from '../adapters/gemini/options.ts';
import { createOfflineEmbedder } from '../adapters/offline/embed.ts';
import { createOfflineGenerator } from '../adapters/offline/generate.ts';
import type { TextPool } from '../adapters/threads/pool.ts';
import type { GeminiConfig } from '../config/gemini.ts';
import type { PartNote } from '../health/ports.ts';
import { commonWords } from '../knowledge/common-words.ts';
import type { Clock, Embedder, Generator, SettingsStore, UsageRecord, UsageStore } from '../knowledge/ports.ts';
import { NO_ANSWER } from '../knowledge/prompt.ts';
import { searchWords } from '../knowledge/words.ts';
import type { Log } from '../log.ts';
import { watchModels } from './gemini-models.ts';

/** What reads and writes: Gemini with a key, the offline engine without one. */
export interface Engine {
  readonly embedder: Embedder;
  readonly generator: Generator;
  /** What operators should know of the models that write, though they do. */
  readonly notes?: () => readonly PartNote[];
}

export interface EngineParts {
  readonly pool: TextPool;
  readonly usage: UsageStore;
  readonly settings: SettingsStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
}

export function createEngine(gemini: GeminiConfig | null, parts: EngineParts): Engine {
  return gemini === null ? offlineEngine(parts) : geminiEngine(gemini, parts);
}

function offlineEngine({ pool }: EngineParts): Engine {
  const vocabulary = { words: searchWords, common: commonWords };
  return {
    embedder: createOfflineEmbedder({
      vocabulary,
      embedMany: (texts, dimensions, signal) => pool.run('embedOffline', { texts, dimensions }, signal),
    }),
    generator: createOfflineGenerator({ vocabulary, noAnswer: NO_ANSWER }),
  };
}

function geminiEngine(gemini: GeminiConfig, { usage, settings, log, clock, random }: EngineParts): Engine {
  const { apiKey, baseUrl, timeoutMs, concurrency } = gemini;
  const common = {
    apiKey,
    baseUrl,
    timeoutMs,
    clock,
    random,
    onUsage(record: UsageRecord) {
      try {
        usage.recordUsage(record);
      } catch (error) {
        log.warn('What a model used could not be counted', { error }); // a full disk; what the model wrote is there
      }
    },
  };
  const models = gemini.generationModels.map(plainName);
  const { onNews, answeredBy, notes } = watchModels({ models, settings, log });
  return {
    notes,
    embedder: createGeminiEmbedder({
      ...common,
      model: gemini.embeddingModel,
      dimensions: gemini.dimensions,
      concurrency,
    }),
    generator: createGeminiGenerator({ ...common, models, answeredBy, onNews }),
  };
}
