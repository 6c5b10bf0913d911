import { AppError } from '../../errors.ts';

export interface ChromaEndpoint {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly tenant: string;
  readonly database: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where Chroma is now. The local server's port changes when it restarts. */
export interface ChromaConnection {
  /** @throws AppError `unavailable` while there is no server to talk to */
  endpoint(): ChromaEndpoint;
  /** Sends a request when it may be sent: a local server that is restarted on purpose lets it wait for a moment. */
  passing<T>(work: () => Promise<T>): Promise<T>;
}

export function localEndpoint(port: number): ChromaEndpoint {
  return { host: '127.0.0.1', port, ssl: false, tenant: 'default_tenant', database: 'default_database', headers: {} };
}

export interface RemoteChroma {
  /** `http://host:8000`, `https://api.trychroma.com` */
  readonly url: string;
  readonly apiKey?: string | null;
  readonly tenant?: string | null;
  readonly database?: string | null;
}

/** @throws AppError `config` for a URL that cannot be used */
export function createRemoteConnection({ url, apiKey, tenant, database }: RemoteChroma): ChromaConnection {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/' || parsed.username !== '')
    throw new AppError(
      'config',
      'CHROMA_URL must look like http://host:8000 or https://host, without a path or a password.',
    );
  const ssl = parsed.protocol === 'https:';
  const endpoint: ChromaEndpoint = {
    host: parsed.hostname,
    port: Number(parsed.port) || (ssl ? 443 : 80),
    ssl,
    tenant: tenant ?? 'default_tenant',
    database: database ?? 'default_database',
    headers: apiKey ? { 'x-chroma-token': apiKey } : {},
  };
  return { endpoint: () => endpoint, passing: (work) => work() };
}
