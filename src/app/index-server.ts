import { openChromaIndex } from '../adapters/chroma/index.ts';
import { createRemoteConnection } from '../adapters/chroma/connection.ts';
import { openChromaServer, type ChromaServer } from '../adapters/chroma/server.ts';
import type { Config } from '../config.ts';
import type { PartStatus } from '../health/ports.ts';
import type { VectorIndex } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';

/** How long a question or a rebuild waits for a local server that is being restarted. */
const READY_WITHIN_MS = 60_000;

export interface IndexServer extends AsyncDisposable {
  readonly index: VectorIndex;
  /** Waits for a local server that is being restarted; null for a remote one, which nobody here restarts. */
  readonly ready: (() => Promise<void>) | null;
  /** Of the local server's process; null for a remote one, or while there is none. */
  pid(): number | null;
  status(): PartStatus;
}

/** The local Chroma server as a supervised child, or the remote one that the operator named. */
export async function openIndexServer(
  chroma: Config['chroma'],
  cacheDirectory: string,
  log: Log,
): Promise<IndexServer> {
  const { collectionPrefix } = chroma;
  if (chroma.remote !== null) {
    const { url } = chroma.remote;
    const index = openChromaIndex({ connection: createRemoteConnection(chroma.remote), collectionPrefix });
    return {
      index,
      ready: null,
      pid: () => null,
      status: () => ({ name: 'chroma', state: 'ok', detail: `remote server ${new URL(url).host}` }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const server: ChromaServer = await openChromaServer({ directory: chroma.directory, cacheDirectory, log });
  return {
    index: openChromaIndex({ connection: server, collectionPrefix }),
    ready: () => server.ready(READY_WITHIN_MS),
    pid: () => server.pid(),
    status: () => ({ name: 'chroma', ...server.state() }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
