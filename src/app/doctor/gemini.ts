import { createGeminiEmbedder } from '../../adapters/gemini/embed.ts';
import { createGeminiGenerator } from '../../adapters/gemini/generate.ts';
import type { GeminiConfig } from '../../config/gemini.ts';
import { isAppError } from '../../errors.ts';
import { failed, ok, warn, type Finding } from '../../health/doctor/finding.ts';

const WITHIN_MS = 30_000;
const OUTPUT_TOKENS = 64;

/** One small request to each model that is configured. */
export async function checkGemini(gemini: GeminiConfig | null): Promise<Finding[]> {
  if (gemini === null) {
    return [ok('Gemini', 'no GEMINI_API_KEY: the offline engine answers with sentences from the documents')];
  }
  const { apiKey, baseUrl, timeoutMs, concurrency, dimensions } = gemini;
  const common = { apiKey, baseUrl, timeoutMs, clock: Date.now, random: Math.random, onUsage: () => undefined };
  const embedder = createGeminiEmbedder({ ...common, model: gemini.embeddingModel, dimensions, concurrency });
  const embedding = await tried(`Gemini ${gemini.embeddingModel}`, async (signal) => {
    const vector = await embedder.embedQuery('Is anybody there?', signal);
    return `embeds, with ${vector.length} numbers per vector`;
  });
  // A key that is refused once is not tried on every model.
  if (embedding.verdict === 'fail') return [embedding];
  const writing = gemini.generationModels.map((model) =>
    tried(`Gemini ${model}`, async (signal) => {
      const generator = createGeminiGenerator({ ...common, models: [model] });
      const pieces = generator.generate(HELLO, signal)[Symbol.asyncIterator]();
      const { done } = await pieces.next();
      await pieces.return?.(); // one piece is proof enough
      return done === true ? 'answers, with nothing' : 'writes';
    }),
  );
  return [embedding, ...(await Promise.all(writing))];
}

const UNREACHED = 'Check the network, GEMINI_BASE_URL where it is set, and https://aistudio.google.com/status.';

const HELLO = {
  instructions: 'Answer with the word yes.',
  prompt: 'Is anybody there?',
  conversation: [],
  question: 'Is anybody there?',
  passages: [],
  language: 'en',
  maxOutputTokens: OUTPUT_TOKENS,
} as const;

async function tried(name: string, work: (signal: AbortSignal) => Promise<string>): Promise<Finding> {
  try {
    return ok(name, await work(AbortSignal.timeout(WITHIN_MS)));
  } catch (error) {
    if (isAppError(error, 'limit')) {
      return warn(name, error.message, 'Wait, or switch on billing for the key; until then passages are shown.');
    }
    return failed(name, error, isAppError(error, 'unavailable') ? UNREACHED : null);
  }
}
