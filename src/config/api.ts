import type { ApiToken } from './values.ts';
import type { Values } from './variables.ts';

export interface ApiConfig {
  /** Empty: there is no API. */
  readonly tokens: readonly ApiToken[];
  readonly requestsPerMinute: number;
  /** How many proxies' word about the caller's address is taken. */
  readonly trustedProxies: number;
}

export function apiConfig(values: Values): ApiConfig {
  return {
    tokens: apiTokens(values),
    requestsPerMinute: values.API_REQUESTS_PER_MINUTE,
    trustedProxies: values.TRUST_PROXY,
  };
}

/** What is wrong between tokens that are each right. */
export function tokenProblems(values: Values): string[] {
  const tokens = apiTokens(values);
  const twice = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;
  return [
    ...(twice(tokens.map(({ name }) => name))
      ? ['API_TOKENS names two tokens the same, and `api` is the one in API_TOKEN; give each a name of its own.']
      : []),
    ...(twice(tokens.map(({ token }) => token))
      ? ['API_TOKEN and API_TOKENS have the same token twice; give each name a token of its own.']
      : []),
  ];
}

function apiTokens({ API_TOKEN: token, API_TOKENS: named }: Values): readonly ApiToken[] {
  // Null where it was refused: the problem is told with the others.
  const more: readonly ApiToken[] | null = named;
  return [...(token === null ? [] : [{ name: 'api', scope: 'operate', token } as const]), ...(more ?? [])];
}
