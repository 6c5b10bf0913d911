import type { Values } from './variables.ts';

export interface GeminiConfig {
  readonly apiKey: string;
  readonly generationModels: readonly string[];
  readonly embeddingModel: string;
  readonly dimensions: number;
  readonly baseUrl: string | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

export function geminiConfig(values: Values): GeminiConfig | null {
  if (values.GEMINI_API_KEY === null) return null;
  return {
    apiKey: values.GEMINI_API_KEY,
    generationModels: values.GEMINI_GENERATION_MODELS,
    embeddingModel: values.GEMINI_EMBEDDING_MODEL,
    dimensions: values.GEMINI_EMBEDDING_DIMENSIONS,
    baseUrl: values.GEMINI_BASE_URL,
    concurrency: values.GEMINI_CONCURRENCY,
    timeoutMs: values.GEMINI_TIMEOUT_SECONDS * 1000,
  };
}
