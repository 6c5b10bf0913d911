interface Bucket {
  used: number;
  resetsAtMs: number;
}

export interface RateLimits {
  /** Counts a request; `retryAfterMs` is null while there is room. */
  take(
    route: { readonly method: string; readonly path: string },
    params: Readonly<Record<string, string>>,
  ): { readonly headers: Record<string, string>; readonly retryAfterMs: number | null };
}

const MAX_BUCKETS = 2_000;

/** Discord's buckets, per route and channel or webhook: messages sent or edited 5 in 5 s, the rest 50 in 1 s. */
export function createRateLimits(now: () => number, enabled: boolean): RateLimits {
  const buckets = new Map<string, Bucket>();
  return {
    take(route, params) {
      if (!enabled) return { headers: {}, retryAfterMs: null };
      const isMessage =
        /messages|^\/webhooks/.test(route.path) && (route.method === 'POST' || route.method === 'PATCH');
      const [limit, windowMs] = isMessage ? [5, 5_000] : [50, 1_000];
      const name = Buffer.from(`${route.method} ${route.path}`).toString('hex').slice(0, 64);
      const major =
        params['channel_id'] ?? params['webhook_token'] ?? params['interaction_id'] ?? params['guild_id'] ?? '';
      const key = `${route.method} ${route.path} ${major}`;
      const at = now();
      let bucket = buckets.get(key);
      if (bucket === undefined || bucket.resetsAtMs <= at) {
        bucket = { used: 0, resetsAtMs: at + windowMs };
        buckets.delete(key);
        buckets.set(key, bucket);
        if (buckets.size > MAX_BUCKETS) dropOldest(buckets);
      }
      const isFull = bucket.used >= limit;
      if (!isFull) bucket.used += 1;
      const resetAfterMs = bucket.resetsAtMs - at;
      return {
        headers: {
          'x-ratelimit-limit': String(limit),
          'x-ratelimit-remaining': String(limit - bucket.used),
          'x-ratelimit-reset': (bucket.resetsAtMs / 1_000).toFixed(3),
          'x-ratelimit-reset-after': (resetAfterMs / 1_000).toFixed(3),
          'x-ratelimit-bucket': name,
          ...(isFull ? { 'x-ratelimit-scope': 'user' } : {}),
        },
        retryAfterMs: isFull ? resetAfterMs : null,
      };
    },
  };
}

function dropOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}
