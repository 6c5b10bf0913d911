import type { TokenState } from '../../health/alert-ports.ts';

export interface TokenCheckOptions {
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
  /** `https://api.github.com`, or a test's. */
  readonly origin: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks GitHub's API whether it still takes the token. It says in a header when a token expires, e.g. `2027-01-31 00:00:00 UTC`
 * (docs.github.com: token expiration and revocation).
 */
export async function checkGithubToken({ token, repository, origin }: TokenCheckOptions): Promise<TokenState> {
  try {
    const response = await fetch(`${origin}/repos/${repository}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'NescordBot' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel().catch(() => undefined);
    if (response.status === 401) return { state: 'refused', expiresAt: null };
    if (!response.ok) return { state: 'unknown', expiresAt: null };
    return { state: 'accepted', expiresAt: timeIn(response.headers.get('github-authentication-token-expiration')) };
  } catch {
    return { state: 'unknown', expiresAt: null };
  }
}

/** `2027-01-31 00:00:00 UTC`, or with an offset such as `+0900`. */
function timeIn(header: string | null): number | null {
  const [, day, time, zone = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(header ?? '') ?? [];
  if (day === undefined || time === undefined) return null;
  const at = Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`);
  return Number.isNaN(at) ? null : at;
}
