import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counted } from '../../counted.ts';
import { openChromaIndex } from '../../adapters/chroma/index.ts';
import { createRemoteConnection } from '../../adapters/chroma/connection.ts';
import { openChromaServer } from '../../adapters/chroma/server.ts';
import type { Config } from '../../config.ts';
import { failed, ok, type Finding } from '../../health/doctor/finding.ts';
import type { Log } from '../../log.ts';
import { removeAbandoned } from '../../whole-file.ts';

const SCRATCH_PREFIX = 'nescordbot-doctor-';
const LOCAL_REMEDY =
  'The container image brings all that Chroma needs; or set CHROMA_URL to a Chroma server elsewhere.';
const REMOTE_REMEDY =
  'See that the server runs and that CHROMA_URL and its key, tenant and database are right; without CHROMA_URL the bot starts its own.';

/** Reaches the remote server, or starts a local one in a scratch folder: the index itself is not touched. */
export async function checkChroma(chroma: Config['chroma'], cacheDirectory: string, log: Log): Promise<Finding> {
  const name = 'Chroma';
  try {
    if (chroma.remote !== null) {
      const connection = createRemoteConnection(chroma.remote);
      const collections = await openChromaIndex({
        connection,
        collectionPrefix: chroma.collectionPrefix,
      }).collections();
      return ok(
        name,
        `${new URL(chroma.remote.url).host} answers, with ${counted(collections.length, 'collection')} of ours`,
      );
    }
    await removeAbandoned(tmpdir(), (name) => name.startsWith(SCRATCH_PREFIX));
    const directory = await mkdtemp(join(tmpdir(), SCRATCH_PREFIX));
    try {
      await using server = await openChromaServer({ directory, cacheDirectory, log });
      await openChromaIndex({ connection: server, collectionPrefix: chroma.collectionPrefix }).collections();
      return ok(name, 'starts and answers (tried in a scratch folder)');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  } catch (error) {
    return failed(name, error, chroma.remote === null ? LOCAL_REMEDY : REMOTE_REMEDY);
  }
}
