import assert from 'node:assert/strict';
import type { ContainerOptions } from './bundle.ts';
import { startContainer } from './container.ts';
import type { Image } from './image.ts';
import type { Report } from './report.ts';
import type { Volumes } from './volumes.ts';

const EXIT_CONFIG = 78;

/** Starts a container that must say why it does not run on this, and end with the code for wrong settings. */
export async function refusal(image: Image, options: ContainerOptions, reason: RegExp): Promise<string> {
  await using container = await startContainer(image, options);
  const line = await container.says(reason);
  assert.equal(await container.ended, EXIT_CONFIG);
  assert.doesNotMatch(container.log(), /^(chown|find):/m, 'one line says what root cannot do');
  return `code ${EXIT_CONFIG}: “${line}”`;
}

/** Volumes on which nothing would be kept: the bot does not start, and the log says why. */
export async function checkRefusals(image: Image, volumes: Volumes, report: Report): Promise<void> {
  const refused = (what: string, options: ContainerOptions, reason: RegExp) =>
    report.check(what, () => refusal(image, options, reason));
  const [data, index] = [await volumes.create('read-only'), await volumes.create('other')];
  await refused(
    'a volume that is read-only',
    { volumes: { '/app/data': { path: data, readOnly: true } } },
    /No write permission to data directory: \/app\/data \(EROFS\)/,
  );
  await refused(
    'a volume that is read-only, of the index alone',
    {
      volumes: { '/app/data': { path: index }, '/app/chromadb_data': { path: data, readOnly: true } },
      environment: { CHROMADB_PERSIST_DIRECTORY: '/app/chromadb_data' },
    },
    /No write permission to persist directory: \/app\/chromadb_data \(EROFS\)/,
  );
  await refused(
    'a volume of another user, started as node',
    { volumes: { '/app/data': { path: data } }, uid: 1000 },
    /No write permission to data directory: \/app\/data \(EACCES\)/,
  );
  await refused(
    'a volume that is not mounted',
    { environment: { DATABASE_URL: 'sqlite:///volume/nescordbot.db' } },
    /Database directory does not exist: \/volume/,
  );
  await refused(
    'a volume of the index that is not mounted',
    { environment: { CHROMADB_PERSIST_DIRECTORY: '/volume/chromadb' } },
    /Persist directory does not exist: \/volume\/chromadb/,
  );
}
