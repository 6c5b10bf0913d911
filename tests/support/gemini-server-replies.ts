/** A vector of hashed words: texts with words in common are similar. Not normalised, as the API's below full size. */
export function hashedEmbedding(text: string, dimensions: number): number[] {
  const values = Array.from({ length: dimensions }, () => 0);
  const plain = text.replace(/^task: search result \| query: |^title: .*? \| text: /, '').toLowerCase();
  for (const word of plain.match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 2_166_136_261;
    for (const letter of word) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
    const at = (hash >>> 0) % dimensions;
    values[at] = (values[at] ?? 0) + 0.4;
  }
  values[0] = (values[0] ?? 0) + 0.01; // never the zero vector
  return values;
}

/** Without a script the answer cites the first passage that the prompt numbers. */
export function citeFirstPassage(prompt: string): string {
  const number = /\[(\d+)\]/.exec(prompt)?.[1] ?? /passage[^0-9]{0,20}(\d+)/i.exec(prompt)?.[1];
  return number === undefined ? 'I found nothing about this.' : `This is what the knowledge says about it. [${number}]`;
}

export function generation(text: string, finishReason?: string, modelVersion?: string): Record<string, unknown> {
  return {
    ...(modelVersion === undefined ? {} : { modelVersion }),
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        index: 0,
        ...(finishReason === undefined ? {} : { finishReason }),
      },
    ],
    usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 20, thoughtsTokenCount: 5, totalTokenCount: 145 },
  };
}

export function failure(code: number, status: string, message: string, details: readonly unknown[] = []) {
  return { error: { code, message, status, details } };
}

export function quotaFailure(per: 'Day' | 'Minute', retryDelay?: string) {
  const quota = {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [{ quotaMetric: 'x/requests', quotaId: `GenerateRequestsPer${per}PerProjectPerModel-FreeTier` }],
  };
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay };
  const details = retryDelay === undefined ? [quota] : [quota, retry];
  return failure(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', details);
}

export function invalidKey() {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
  return failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', details);
}
