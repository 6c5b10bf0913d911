import { statfs } from 'node:fs/promises';
import { openChromaIndex } from '../adapters/chroma/index.ts';
import { createIndexMarker } from '../adapters/chroma/marker.ts';
import { createRemoteConnection, type ChromaConnection } from '../adapters/chroma/connection.ts';
import { findRunningServer, openChromaServer, type ChromaServer } from '../adapters/chroma/server.ts';
import { readSegments, type SegmentFigures } from '../adapters/chroma/segments.ts';
import type { Config } from '../config.ts';
import type { Marker, PartStatus } from '../health/ports.ts';
import type { VectorIndex } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';
import { spaceOf } from './disk-space.ts';
import type { Patience } from './patience.ts';
import { createPulse, watchedIndex } from './pulse.ts';

/** How long a question or a rebuild waits for a local server that is being restarted. */
const READY_WITHIN_MS = 60_000;

export interface IndexServer extends AsyncDisposable {
  readonly index: VectorIndex;
  /** True beside a running bot: checking and repairing the index is that one's work, and so are the jobs. */
  readonly isShared: boolean;
  /** Waits for a local server that is being restarted; null for a remote one, which nobody here restarts. */
  readonly ready: (() => Promise<void>) | null;
  /** Empties a local server's folder where its own database is beyond repair; null for a remote one. */
  readonly startAfresh: (() => Promise<void>) | null;
  /** Of a local server that is ours: what its collections take, and how what was deleted is given back. */
  readonly files: {
    segments(): Promise<readonly SegmentFigures[] | null>;
    freeBytes(): Promise<number>;
    /** False where not all of it could be given back. */
    restart(): Promise<boolean>;
  } | null;
  /** Notes in Chroma which installation it belongs to. @throws AppError `unavailable` */
  mark(marker: Marker): Promise<void>;
  /** What was noted last, as it was saved; null where nothing was. @throws AppError `unavailable` */
  noted(): Promise<unknown>;
  /** Of the local server's process; null for a remote one, or while there is none. */
  pid(): number | null;
  /** How often a local server ended by itself and was started again. */
  restarts(): number;
  /** False while it is known to be down: what needs it may as well wait. */
  isUp(): boolean;
  /** Called when a remote server fails that worked. */
  onDown(listener: () => void): void;
  status(): PartStatus;
}

export interface IndexServerOptions {
  readonly cacheDirectory: string;
  readonly log: Log;
  /** Where a running bot has the folder, use that one's server. */
  readonly besideBot: boolean;
  /** True when another process has the volume, and with it the remote server's collections. */
  readonly volumeTaken: boolean;
  readonly patience?: Patience;
}

/** The local Chroma server as a supervised child, or the remote one that the operator named. */
export async function openIndexServer(chroma: Config['chroma'], options: IndexServerOptions): Promise<IndexServer> {
  const { cacheDirectory, log } = options;
  const { collectionPrefix, directory } = chroma;
  if (chroma.remote !== null) {
    const { url } = chroma.remote;
    const connection = createRemoteConnection(chroma.remote);
    return notOurs(connection, `remote server ${new URL(url).host}`, options.volumeTaken);
  }
  const running = options.besideBot ? await findRunningServer(directory) : null;
  if (running !== null) {
    return notOurs(running, `the running bot's server`, true);
  }
  const patience = options.patience === undefined ? {} : { patience: options.patience };
  log.info('Starting Chroma, which keeps the index');
  const server: ChromaServer = await openChromaServer({ directory, cacheDirectory, log, ...patience });
  return {
    isShared: false,
    index: openChromaIndex({ connection: server, collectionPrefix }),
    ready: () => server.ready(READY_WITHIN_MS),
    startAfresh: () => server.startAfresh(),
    files: {
      segments: () => readSegments(directory, collectionPrefix),
      freeBytes: async () => spaceOf(await statfs(directory)).freeBytes,
      restart: () => server.restart(),
    },
    mark: (marker) => createIndexMarker(server, collectionPrefix).write(marker),
    noted: () => createIndexMarker(server, collectionPrefix).read(),
    pid: () => server.pid(),
    restarts: () => server.restarts(),
    isUp: () => server.state().state === 'ok',
    onDown: () => undefined,
    status: () => ({ name: 'chroma', ...server.state() }),
    [Symbol.asyncDispose]: () => server.close(),
  };

  function notOurs(connection: ChromaConnection, detail: string, isShared: boolean): IndexServer {
    let tellDown = (): void => undefined;
    const pulse = createPulse(detail, (isWell, error) => {
      if (isWell) return log.info(`Chroma is back (${detail})`);
      log.warn(`Chroma cannot be used (${detail})`, { error });
      tellDown();
    });
    return {
      index: watchedIndex(openChromaIndex({ connection, collectionPrefix }), pulse),
      isShared,
      ready: null,
      startAfresh: null,
      files: null,
      mark: (marker) => createIndexMarker(connection, collectionPrefix).write(marker),
      noted: () => createIndexMarker(connection, collectionPrefix).read(),
      pid: () => null,
      restarts: () => 0,
      isUp: () => pulse.isWell(),
      onDown: (listener) => void (tellDown = listener),
      status: () => pulse.status('chroma'),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}
