import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { sharedData } from './shared-data.ts';

export type GeminiTask = 'embedContent' | 'batchEmbedContents' | 'generateContent' | 'streamGenerateContent';

/** Says what is wrong with a request's body; null when nothing is. */
export type Validate = (task: GeminiTask, model: string, body: Record<string, unknown>) => string | null;

const SCHEMAS: Record<GeminiTask, string> = {
  embedContent: 'EmbedContentRequest',
  batchEmbedContents: 'BatchEmbedContentsRequest',
  generateContent: 'GenerateContentRequest',
  streamGenerateContent: 'GenerateContentRequest',
};

/** Checks bodies against Google's own description of the API, or null where that file is absent. */
export function openValidation(): Validate | null {
  const file = sharedData('generativelanguage-v1beta.json');
  if (file === null) return null;
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
  closeSchemas(document);
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(Object(document), 'gemini');
  return (task, model, body) => {
    const check = ajv.compile({ $ref: `gemini#/components/schemas/${SCHEMAS[task]}` });
    // The URL names the model where the description wants it in the body.
    if (check(task === 'batchEmbedContents' ? body : { ...body, model: `models/${model}` })) return null;
    return ajv.errorsText(check.errors);
  };
}

/** The description leaves objects open; the real server refuses names that it does not know. */
function closeSchemas(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if ('properties' in value && 'type' in value && value.type === 'object') {
    Object.assign(value, { additionalProperties: false });
    // Newer than the description's revision of 2025-07.
    if (has(value.properties, 'thinkingBudget')) Object.assign(value.properties, { thinkingLevel: { type: 'string' } });
    if (has(value.properties, 'contents')) Object.assign(value.properties, { store: { type: 'boolean' } });
  }
  for (const inner of Object.values(value)) closeSchemas(inner);
}

function has(properties: unknown, name: string): properties is object {
  return typeof properties === 'object' && properties !== null && name in properties;
}
