import type { EmbedContentRequest } from '@google/generative-ai';
import { TaskType } from '@google/generative-ai';
import type { EmbeddableText } from '../../knowledge/ports.ts';

/** `outputDimensionality` is in the API but not in the SDK's types. */
export type EmbedRequest = EmbedContentRequest & { readonly outputDimensionality: number };

/** How a model is told whether it embeds a question or a passage (ai.google.dev/gemini-api/docs/embeddings). */
export interface TaskScheme {
  readonly name: 'task-type' | 'prefix';
  question(text: string): Omit<EmbedContentRequest, 'model'>;
  passage(text: EmbeddableText): Omit<EmbedContentRequest, 'model'>;
}

/**
 * Models up to gemini-embedding-001 have a `taskType`; gemini-embedding-2 ignores it and wants the task in the text. Of
 * models not known here the latter is assumed: newer ones follow it, and to others a few more words do no harm while a
 * task type could be refused.
 */
export function taskSchemeOf(model: string): TaskScheme {
  return /^(?:gemini-embedding-(?:001|exp)|text-embedding-|embedding-)/.test(model) ? byTaskType : byPrefix;
}

const byTaskType: TaskScheme = {
  name: 'task-type',
  question: (text) => ({ content: content(text), taskType: TaskType.RETRIEVAL_QUERY }),
  passage: ({ title, text }) => ({
    content: content(text),
    taskType: TaskType.RETRIEVAL_DOCUMENT,
    ...(title === '' ? {} : { title }),
  }),
};

const byPrefix: TaskScheme = {
  name: 'prefix',
  question: (text) => ({ content: content(`task: search result | query: ${text}`) }),
  passage: ({ title, text }) => ({ content: content(`title: ${title === '' ? 'none' : title} | text: ${text}`) }),
};

function content(text: string) {
  return { role: 'user', parts: [{ text }] };
}
