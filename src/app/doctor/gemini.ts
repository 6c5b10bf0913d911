import { createGeminiEmbedder } from '../../adapters/gemini/embed.ts';
import { createGeminiGenerator } from '../../adapters/gemini/generate.ts';
import type { ModelNews } from '../../adapters/gemini/options.ts';
import type { GeminiConfig } from '../../config/gemini.ts';
import { isAppError, wordsIn } from '../../errors.ts';
import { failed, ok, skip, warn, type Finding } from '../../health/doctor/finding.ts';
import { isReplaced, mayBeStored } from '../gemini-models.ts';

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
    return ok(`Gemini ${gemini.embeddingModel}`, `embeds, with ${vector.length} numbers per vector`);
  });
  // A key that is refused once is not tried on every model.
  if (embedding.verdict === 'fail') {
    const because = `of what is wrong with ${embedding.check}`;
    return [embedding, ...gemini.generationModels.map((model) => skip(`Gemini ${model}`, because))];
  }
  const writing = gemini.generationModels.map((model) =>
    tried(`Gemini ${model}`, async (signal) => {
      let news: ModelNews | null = null;
      const generator = createGeminiGenerator({ ...common, models: [model], onNews: (said) => void (news = said) });
      const pieces = generator.generate(HELLO, signal)[Symbol.asyncIterator]();
      const { done } = await pieces.next();
      await pieces.return?.(); // one piece is proof enough
      return judged(model, news) ?? ok(`Gemini ${model}`, done === true ? 'answers, with nothing' : 'writes');
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

/** It writes, and there is something to know of it; null where there is nothing. */
function judged(model: string, news: ModelNews | null): Finding | null {
  if (news?.kind !== 'answered') return null;
  const name = `Gemini ${model}`;
  if (news.by !== news.asked) {
    return warn(
      name,
      wordsIn('en', isReplaced(news.asked, news.by)),
      'Set GEMINI_GENERATION_MODELS and restart the bot.',
    );
  }
  if (!news.isStoreRefused) return null;
  return warn(name, wordsIn('en', mayBeStored), 'Let the server at GEMINI_BASE_URL pass `store` on.');
}

async function tried(name: string, work: (signal: AbortSignal) => Promise<Finding>): Promise<Finding> {
  try {
    return await work(AbortSignal.timeout(WITHIN_MS));
  } catch (error) {
    if (isAppError(error, 'limit')) {
      return warn(name, error.message, 'Wait, or switch on billing for the key; until then passages are shown.');
    }
    return failed(name, error, isAppError(error, 'unavailable') ? UNREACHED : null);
  }
}
