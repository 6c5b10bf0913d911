import type { Candidate } from '../backup/choice.ts';
import { contentsOf } from '../backup/contents-model.ts';
import { SIDECAR_SUFFIX } from '../backup/name.ts';
import type { OfferedBackup } from '../backup/offsite/fetch.ts';
import { factsOf } from '../backup/offsite/reconcile.ts';
import type { Vault } from '../backup/vault-ports.ts';
import { AppError } from '../errors.ts';
import type { Backups } from './backups.ts';
import type { Tried } from './empty-volume-words.ts';

export interface SourcedCandidate extends Candidate {
  /** Null: it lies in the folder of backups, and needs no fetching. */
  readonly from: Vault | null;
}

/** One that somebody put there without its sidecar is read, so that it says whose it is. */
export async function candidatesHere(
  { catalogue, manager }: Pick<Backups, 'catalogue' | 'manager'>,
  signal: AbortSignal | undefined,
): Promise<SourcedCandidate[]> {
  for (const { name, state, sidecar } of await catalogue.list()) {
    if (state === 'unverified' && sidecar === null) await manager.verify(name, signal === undefined ? {} : { signal });
  }
  return (await catalogue.list())
    .filter(({ state }) => state !== 'damaged')
    .map(({ name, sidecar }) => ({
      name,
      kind: sidecar?.manifest.kind ?? null,
      identity: sidecar?.manifest.identity ?? null,
      documents: sidecar === null ? null : (contentsOf(sidecar.manifest.counts)?.documents ?? null),
      from: null,
    }));
}

export const candidatesIn = (offered: readonly OfferedBackup[]): SourcedCandidate[] =>
  offered.flatMap(({ name, copies }) =>
    [...new Map(copies.map(({ vault, copy }) => [vault, copy]))].map(([from, { note }]) => {
      const { kind = null, identity = null, documents = null } = factsOf(name, note) ?? {};
      return { name, kind, identity, documents, from };
    }),
  );

/** A copy whose note cannot be read may be the newest, and is not passed over in silence. */
export const unreadNotes = (offered: readonly OfferedBackup[]): Tried[] =>
  offered.flatMap(({ name, copies }) =>
    copies
      .filter(({ copy }) => factsOf(name, copy.note) === null)
      .map(({ vault }) => ({
        what: `${name} (${vault.label})`,
        error: new AppError('damaged', `The note ${name}${SIDECAR_SUFFIX} beside it is missing or cannot be read.`),
      })),
  );
