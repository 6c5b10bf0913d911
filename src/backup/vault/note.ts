import { createHash } from 'node:crypto';
import { beginning } from '../../plain-text.ts';
import { contentsOf } from '../contents-model.ts';
import * as field from '../fields.ts';
import { backupKind, backupName } from '../manifest.ts';
import type { BackupKind, Manifest, Sidecar } from '../model.ts';
import { readIdentity, type StateIdentity } from '../state-model.ts';
import { MOST_NOTE_BYTES } from './model.ts';

/** What stands beside a copy in a vault, for people and for a machine that knows nothing else of the backup. */
export interface VaultNote {
  readonly format: 1;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly kind: BackupKind;
  /** Both null when the copy is encrypted: whoever has no key learns nothing that people wrote. */
  readonly reason: string | null;
  readonly by: string | null;
  readonly version: string;
  readonly schemaVersion: number;
  readonly documents: number | null;
  readonly questions: number | null;
  /** Of the backup on the machine that made it, as its sidecar says; encrypting is not repeatable, so this tells which it is. */
  readonly archiveSizeBytes: number;
  readonly archiveSha256: string;
  /** Of what is in it, which is the same however and wherever it lies encrypted; null in notes of older versions. */
  readonly contentsSha256: string | null;
  /** Whose state it is, and which; null in notes of older versions. It holds nothing that people wrote. */
  readonly identity: StateIdentity | null;
  /** As it was when the copy was made. */
  readonly verified: boolean;
  readonly drilled: boolean;
  /** Measured time to restore, from that drill. */
  readonly drillMs: number | null;
  readonly pinned: boolean;
  readonly encryption: NoteEncryption | null;
}

export interface NoteEncryption {
  readonly kind: 'passphrase' | 'recipients';
  /** Base64 of the beginning of the encrypted file: what tells whether a key opens it, before anything is downloaded. */
  readonly header: string;
}

/**
 * Nothing in it is secret, and of an encrypted copy nothing is what people wrote.
 * @param encryption null, too, of an encrypted copy whose key this machine does not know
 */
export function formatVaultNote(
  { manifest, ...sidecar }: Sidecar,
  { encrypted, encryption }: { readonly encrypted: boolean; readonly encryption: NoteEncryption | null },
): string {
  const contents = contentsOf(manifest.counts);
  const note: VaultNote = {
    format: 1,
    name: manifest.name,
    createdAt: manifest.createdAt,
    kind: manifest.kind,
    reason: encrypted ? null : manifest.reason,
    by: encrypted ? null : manifest.by.name,
    version: manifest.application.version,
    schemaVersion: manifest.schemaVersion,
    documents: contents?.documents ?? null,
    questions: contents?.questions ?? null,
    archiveSizeBytes: sidecar.archive.sizeBytes,
    archiveSha256: sidecar.archive.sha256,
    contentsSha256: contentsSha256(manifest),
    identity: manifest.identity,
    verified: sidecar.verified?.ok === true,
    drilled: sidecar.drilled?.ok === true,
    drillMs: sidecar.drilled?.ok === true ? sidecar.drilled.durationMs : null,
    pinned: sidecar.pinned,
    encryption,
  };
  return `${JSON.stringify(note, null, 2)}\n`;
}

/** Null for what this program would not have written. */
export function parseVaultNote(text: string | null): VaultNote | null {
  if (text === null) return null;
  try {
    return read(field.object(field.parseJson(text, MOST_NOTE_BYTES), 'note'));
  } catch (error) {
    if (error instanceof field.FieldProblem) return null;
    throw error;
  }
}

function read(found: Readonly<Record<string, unknown>>): VaultNote {
  const of = <T>(name: string, reader: field.ReadField<T>): T => reader(found[name], name);
  if (found['format'] !== 1) throw new field.FieldProblem('format is not 1');
  return {
    format: 1,
    name: of('name', backupName),
    createdAt: of('createdAt', field.matching(/^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/, 'a time')),
    kind: of('kind', backupKind),
    reason: of('reason', field.nullable(field.string(1000))),
    by: of('by', field.nullable(field.string(200))),
    version: of('version', field.string(100)),
    schemaVersion: of('schemaVersion', field.count),
    documents: of('documents', field.nullable(field.count)),
    questions: of('questions', field.nullable(field.count)),
    archiveSizeBytes: of('archiveSizeBytes', field.count),
    archiveSha256: of('archiveSha256', field.sha256),
    contentsSha256: found['contentsSha256'] === undefined ? null : of('contentsSha256', field.nullable(field.sha256)),
    identity: of('identity', readIdentity),
    verified: of('verified', field.boolean),
    drilled: of('drilled', field.boolean),
    drillMs: of('drillMs', field.nullable(field.duration)),
    pinned: of('pinned', field.boolean),
    encryption: of('encryption', field.nullable(encryption)),
  };
}

/** Of the names, sizes and hashes of all files. */
export function contentsSha256({ files }: Pick<Manifest, 'files'>): string {
  const lines = files.map((file) => `${file.sha256} ${file.sizeBytes} ${file.path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

function encryption(value: unknown, where: string): NoteEncryption {
  const found = field.object(value, where);
  const header = field.string(MOST_NOTE_BYTES)(found['header'], `${where}.header`);
  if (!/^[A-Za-z0-9+/]+=*$/.test(header)) throw new field.FieldProblem(`${where}.header is not base64`);
  return { kind: field.oneOf('passphrase', 'recipients')(found['kind'], `${where}.kind`), header };
}

/** For a vault that keeps a history: what the copy is, and why it was made. */
export function vaultMessage({ manifest: { kind, by, reason } }: Sidecar, encrypted: boolean): string {
  const what = `${kind} backup`;
  if (encrypted) return `${what}, encrypted`;
  return `${what} by ${oneLine(by.name)}${reason === null ? '' : `: ${oneLine(reason)}`}`;
}

const oneLine = (text: string): string => beginning(text.replaceAll(/\s+/g, ' ').trim(), 200);
