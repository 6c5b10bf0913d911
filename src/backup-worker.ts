/** The edge of a worker thread for backups: what runs off the main thread is named here. */
import { decryptAge, encryptAge } from './adapters/age/jobs.ts';
import { pack } from './adapters/archive/pack.ts';
import { inspect, unpack } from './adapters/archive/unpack.ts';
import { captureChroma } from './adapters/chroma/snapshot-capture.ts';
import { assertUnused, compareDatabases, countTables, reserveNumbers } from './adapters/sqlite/compare.ts';
import { checkCopy } from './adapters/sqlite/copy-check.ts';
import { captureSqlite } from './adapters/sqlite/snapshot-capture.ts';
import { checkLive } from './adapters/sqlite/live-check.ts';
import { serveJob } from './adapters/threads/serve-job.ts';

await serveJob({
  encryptAge,
  decryptAge,
  pack,
  inspect,
  unpack,
  captureSqlite,
  captureChroma,
  checkCopy,
  checkLive,
  assertUnused,
  compareDatabases,
  countTables,
  reserveNumbers,
});
