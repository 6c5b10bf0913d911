import type { Locale } from './locale.ts';

/** What the server refused, in its words. */
export class Refused extends Error {
  readonly status: number;
  readonly words: Readonly<Record<Locale, string>> | null;

  constructor(status: number, detail: string, words: Readonly<Record<Locale, string>> | null) {
    super(detail);
    this.status = status;
    this.words = words;
  }

  in(locale: Locale): string {
    return this.words?.[locale] ?? this.message;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

let onSignedOut = (): void => undefined;

/** Called whenever an answer says that nobody is logged in any more. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** @throws Refused, Unreachable */
export async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
  const response = await fetch(path, {
    method,
    // No other page can send it, so that nobody else can act with our cookie.
    headers: {
      'x-requested-with': 'nescordbot',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((): never => {
    throw new Unreachable();
  });
  if (response.ok) return (response.status === 204 ? null : await response.json()) as Result;
  const problem = (await response.json().catch(() => ({}))) as {
    readonly detail?: string;
    readonly words?: Readonly<Record<Locale, string>>;
  };
  if (response.status === 401 && path !== '/login') onSignedOut();
  throw new Refused(response.status, problem.detail ?? response.statusText, problem.words ?? null);
}

export const get = <Result>(path: string): Promise<Result> => call('GET', path);
export const post = <Result>(path: string, body?: unknown): Promise<Result> => call('POST', path, body);
