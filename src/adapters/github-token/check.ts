import type { TokenState } from '../../health/alert-ports.ts';

export interface TokenCheckOptions {
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  /** `https://api.github.com`, or a test's. */
  readonly origin: string;
}

/** `owner/name`, however GITHUB_DATA_REPO says it; null for a repository elsewhere, where there is nobody to ask. */
export function repositoryOnGithub(text: string): string | null {
  return /^(?:https:\/\/(?:www\.)?github\.com\/)?([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(text)?.[1] ?? null;
}

const TIMEOUT_MS = 10_000;
const MOST_REDIRECTS = 3;
const UNKNOWN: TokenState = { state: 'unknown', expiresAt: null, movedTo: null };

/**
 * Asks GitHub's API whether it still takes the token. It says in a header when a token expires, e.g. `2027-01-31 00:00:00 UTC`
 * (docs.github.com: token expiration and revocation), and sends on whoever asks for a repository that was renamed.
 */
export async function checkGithubToken(options: TokenCheckOptions): Promise<TokenState> {
  try {
    const response = await ask(options, AbortSignal.timeout(TIMEOUT_MS));
    const text = await response.text();
    if (response.status === 401) return { ...UNKNOWN, state: 'refused' };
    const header = response.headers.get('github-authentication-token-expiration');
    const expiresAt = header === null ? null : timeIn(header);
    const isLimited = response.headers.get('x-ratelimit-remaining') === '0' || response.headers.has('retry-after');
    if (response.status === 404 || (response.status === 403 && !isLimited)) {
      return { state: 'unseen', expiresAt, movedTo: null };
    }
    // A time that cannot be read must not look like a token that never expires.
    if (!response.ok || (header !== null && expiresAt === null)) return { ...UNKNOWN, expiresAt };
    return { state: 'accepted', expiresAt, movedTo: movedTo(text, options.repository) };
  } catch {
    return UNKNOWN;
  }
}

/** Goes along with redirects by itself: the token is for GitHub's API, and for no other place that one may name. */
async function ask({ token, repository, origin }: TokenCheckOptions, signal: AbortSignal): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'user-agent': 'NescordBot',
  };
  let url = new URL(`/repos/${repository}`, origin);
  for (let left = MOST_REDIRECTS; ; left -= 1) {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    const next = location === null ? null : new URL(location, url);
    if (next === null || next.origin !== url.origin || left === 0) return response;
    await response.body?.cancel();
    url = next;
  }
}

/** What GitHub calls it now; null where that is what it is called here. */
function movedTo(text: string, repository: string): string | null {
  try {
    const name = (JSON.parse(text) as { readonly full_name?: unknown } | null)?.full_name;
    const isName = typeof name === 'string' && /^[\w.-]+\/[\w.-]+$/.test(name);
    return isName && name.toLowerCase() !== repository.toLowerCase() ? name : null;
  } catch {
    return null;
  }
}

/** `2027-01-31 00:00:00 UTC`, or with an offset such as `+0900`. */
function timeIn(header: string): number | null {
  const [, day, time, zone = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(header) ?? [];
  if (day === undefined || time === undefined) return null;
  const at = Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`);
  return Number.isNaN(at) ? null : at;
}
