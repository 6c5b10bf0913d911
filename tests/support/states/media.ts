import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseMarker } from '../../../src/health/marker.ts';
import { parseVaultNote } from '../../../src/backup/vault/note.ts';
import type { StateIdentity, Timeline } from '../../../src/backup/state-model.ts';
import type { Identity } from './machine.ts';

const SUFFIX = '.tar.zst';

/** The archives in a folder, by what their bytes come to: whatever the program believes of them. */
export function archivesIn(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'));
  return new Map(
    names.map((name) => [
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
      name,
    ]),
  );
}

/** Which timeline the folder of backups remembers. */
export const rememberedIn = (backups: string): Identity | null =>
  identityOf(join(backups, '.nescordbot-installation.json'));

/** And what is noted beside a database. */
export const rememberedBeside = (database: string): Identity | null =>
  identityOf(join(dirname(database), `.${basename(database)}.installation.json`));

function identityOf(file: string): Identity | null {
  if (!existsSync(file)) return null;
  const marker = parseMarker(JSON.parse(readFileSync(file, 'utf8')));
  const timeline = marker?.lineage[0]?.id;
  return marker === null || timeline === undefined ? null : { installationId: marker.installationId, timeline };
}

/** All timelines that the copies in a folder tell of. */
export function timelinesIn(
  folder: string,
): readonly (Pick<Timeline, 'id' | 'number'> & Pick<StateIdentity, 'installationId'>)[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.manifest.json') && !name.startsWith('.'))
    .flatMap((name) => {
      const identity = identityIn(readFileSync(join(folder, name), 'utf8'));
      const { installationId = '', lineage = [] } = identity ?? {};
      return lineage.map(({ id, number }) => ({ id, number, installationId }));
    });
}

function identityIn(text: string): StateIdentity | null {
  const note = parseVaultNote(text);
  if (note !== null) return note.identity;
  const sidecar = JSON.parse(text) as { readonly manifest?: { readonly identity?: StateIdentity | null } };
  return sidecar.manifest?.identity ?? null;
}
