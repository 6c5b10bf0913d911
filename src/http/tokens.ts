import { createHash, timingSafeEqual } from 'node:crypto';

/** `operate` includes `read`. */
export type Scope = 'read' | 'operate';

export interface ApiToken {
  /** As the audit log names whoever uses it. */
  readonly name: string;
  readonly scope: Scope;
  readonly token: string;
}

/** Whoever calls: a token, or somebody who has logged in with it. */
export interface Caller {
  readonly name: string;
  readonly scope: Scope;
  /** Logged in from our own page. */
  readonly isPage?: boolean;
}

/** Finds whose token it is. Every token is compared, whole, so that the time taken tells nothing of any of them. */
export function createTokens(tokens: readonly ApiToken[]): (presented: string) => Caller | null {
  const known = tokens.map(({ name, scope, token }) => ({ name, scope, hash: sha256(token) }));
  return (presented) => {
    const hash = sha256(presented);
    let found: Caller | null = null;
    for (const one of known) if (timingSafeEqual(one.hash, hash)) found = { name: one.name, scope: one.scope };
    return found;
  };
}

/** What stands in `Authorization: Bearer TOKEN`; null when it is something else. */
export const bearerOf = (authorization: string | undefined): string | null =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export function mayCall(caller: Caller, needed: Scope): boolean {
  return needed === 'read' || caller.scope === 'operate';
}
