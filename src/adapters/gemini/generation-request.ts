import type { GenerateContentRequest, GenerationConfig } from '@google/generative-ai';
import type { GenerationRequest } from '../../knowledge/ports.ts';

/** `thinkingConfig` is in the API but not in the SDK's types. */
interface ThinkingConfig {
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: string;
}

/** Thinking counts against the output limit: without room for it an answer would end early or be empty. */
const THINKING_ROOM = 2_048;

/** The request's body. `thinking` false leaves the model's own default, for models that refuse to be told. */
export function generationBody(request: GenerationRequest, model: string, thinking: boolean): GenerateContentRequest {
  const thinkingConfig = thinking ? thinkingConfigOf(model) : null;
  const generationConfig: GenerationConfig & { thinkingConfig?: ThinkingConfig } = {
    maxOutputTokens: request.maxOutputTokens + THINKING_ROOM,
    ...(thinkingConfig === null ? {} : { thinkingConfig }),
  };
  return {
    systemInstruction: request.instructions,
    contents: [
      ...request.conversation.map(({ role, text }) => ({ role, parts: [{ text }] })),
      { role: 'user', parts: [{ text: request.prompt }] },
    ],
    generationConfig,
  };
}

/**
 * As little thinking as a family allows: the passages hold the answer, and people wait. Generation 3 has levels, 2.5 has
 * budgets (Pro cannot go under 128), others decide themselves (ai.google.dev/gemini-api/docs/thinking).
 */
function thinkingConfigOf(model: string): ThinkingConfig | null {
  if (model.startsWith('gemini-3')) return { thinkingLevel: 'low' };
  if (model.startsWith('gemini-2.5-flash')) return { thinkingBudget: 0 };
  if (model.startsWith('gemini-2.5-pro')) return { thinkingBudget: 128 };
  return null;
}
