import type { GenerateContentRequest, GenerationConfig } from '@google/generative-ai';
import type { GenerationRequest } from '../../knowledge/ports.ts';

/** `thinkingConfig` is in the API but not in the SDK's types. */
interface ThinkingConfig {
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: string;
}

/** `store` is in the API but not in the SDK's types. */
type Body = GenerateContentRequest & { readonly store?: false };

/** What a server has refused to be told, and is not told again. */
export type Refusable = 'thinking' | 'store';

/** Thinking counts against the output limit: without room for it an answer would end early or be empty. */
const LITTLE_THINKING_ROOM = 2_048;
/** For a model that thinks as much as it likes; what is not used costs nothing. */
const THINKING_ROOM = 8_192;

/**
 * The request's body. Temperature, top-p and top-k are never sent: they are deprecated since 2026-07.
 * @param model the one that answers, which is not always the one that is asked for
 */
export function generationBody(request: GenerationRequest, model: string, without: ReadonlySet<Refusable>): Body {
  const thinkingConfig = without.has('thinking') ? null : thinkingConfigOf(model);
  const generationConfig: GenerationConfig & { thinkingConfig?: ThinkingConfig } = {
    maxOutputTokens: request.maxOutputTokens + (thinkingConfig === null ? THINKING_ROOM : LITTLE_THINKING_ROOM),
    ...(thinkingConfig === null ? {} : { thinkingConfig }),
  };
  return {
    systemInstruction: { role: 'system', parts: [{ text: request.instructions }] },
    contents: [
      ...request.conversation.map(({ role, text }) => ({ role, parts: [{ text }] })),
      { role: 'user', parts: [{ text: request.prompt }] },
    ],
    generationConfig,
    // Paid projects made since 2026-10-26 keep requests for 55 days unless told not to.
    ...(without.has('store') ? {} : { store: false }),
  };
}

/**
 * As little thinking as a family allows: the passages hold the answer, and people wait. Generation 3 has levels (3.8
 * refuses `minimal`), 2.5 has budgets (Pro cannot go under 128), others decide themselves
 * (ai.google.dev/gemini-api/docs/thinking).
 */
function thinkingConfigOf(model: string): ThinkingConfig | null {
  if (model.startsWith('gemini-3')) return { thinkingLevel: 'low' };
  if (model.startsWith('gemini-2.5-flash')) return { thinkingBudget: 0 };
  if (model.startsWith('gemini-2.5-pro')) return { thinkingBudget: 128 };
  return null;
}

/** In quotation marks, or near a word that says that it is not known. */
const STORE =
  /["'`“‘]store["'`”’]|\b(?:unknown|unrecogni[sz]ed|unexpected|unsupported|extra|invalid)\b[^.]{0,60}\bstore\b|\bstore\b[^.]{0,60}\b(?:unknown|unrecogni[sz]ed|unexpected|unsupported|not (?:supported|permitted|allowed|recogni[sz]ed))/i;

/** Which part of a request a refusal names; null when it is about something else. */
export function refusedPart(message: string): Refusable | null {
  if (/think/i.test(message)) return 'thinking';
  return STORE.test(message) ? 'store' : null;
}
