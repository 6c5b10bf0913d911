import type { BackupEntry } from '../model.ts';
import type { StoredCopy } from '../vault-ports.ts';
import { parseVaultNote } from '../vault/note.ts';
import type { CopyFacts, CopyRecord, Ledger } from './model.ts';

/** What is remembered, put right by what the vault says it holds, and by what is known here of the originals. */
export function reconcile(
  ledger: Ledger,
  stored: readonly StoredCopy[],
  local: readonly BackupEntry[],
  now: number,
): Ledger {
  const originals = new Map(local.map((entry) => [entry.name, entry]));
  const byName = Map.groupBy(stored, ({ name }) => name);
  const copies = [...byName].map(([name, forms]): [string, CopyRecord] => {
    const record = recordOf(ledger.copies[name], forms, now);
    return [name, { ...record, facts: upToDate(record.facts, originals.get(name)) }];
  });
  // Of what is neither here nor there nothing is tried any more.
  const names = new Set([...originals.keys(), ...copies.map(([name]) => name)]);
  const failures = Object.entries(ledger.failures).filter(([name]) => names.has(name));
  return { ...ledger, listedAt: now, copies: Object.fromEntries(copies), failures: Object.fromEntries(failures) };
}

/** A backup can be there both encrypted and not: what is known to be whole counts, then what is not known to be rotten. */
function recordOf(known: CopyRecord | undefined, forms: readonly StoredCopy[], now: number): CopyRecord {
  const records = forms.map((copy): CopyRecord => {
    if (known === undefined || known.fileName !== copy.fileName) return asUploaded(copy, now);
    if (isSame(known, copy)) return known;
    // What was read back and has another size or hash now did not become so by anything that we do.
    return known.state === 'uploaded'
      ? asUploaded(copy, now)
      : { ...known, state: 'rotten', at: known.state === 'rotten' ? known.at : now };
  });
  const rank = ({ state, sha256 }: CopyRecord) => (state === 'verified' ? 0 : state === 'rotten' ? 3 : sha256 ? 1 : 2);
  return records.reduce((best, one) => (rank(one) < rank(best) ? one : best));
}

function isSame(known: CopyRecord, copy: StoredCopy): boolean {
  if (known.fileName !== copy.fileName || known.sizeBytes !== copy.sizeBytes) return false;
  return copy.sha256 === null || known.sha256 === null || known.sha256 === copy.sha256;
}

function asUploaded({ name, fileName, sizeBytes, sha256, note }: StoredCopy, at: number): CopyRecord {
  return { state: 'uploaded', at, readAt: null, fileName, sizeBytes, sha256, facts: factsOf(name, note) };
}

export function factsOf(name: string, note: string | null): CopyFacts | null {
  const parsed = parseVaultNote(note);
  if (parsed === null || parsed.name !== name) return null;
  const { kind, reason, by, documents, archiveSizeBytes, archiveSha256, contentsSha256 } = parsed;
  const { identity, drilled, pinned } = parsed;
  return {
    kind,
    reason,
    by,
    documents,
    archiveSizeBytes,
    archiveSha256,
    contentsSha256,
    identity,
    drilled,
    pinned,
  };
}

/** A pin or a drill may have come after the copy. */
function upToDate(facts: CopyFacts | null, original: BackupEntry | undefined): CopyFacts | null {
  if (facts === null || original === undefined || original.sidecar === null) return facts;
  const { pinned, drilled } = original.sidecar;
  return { ...facts, pinned, drilled: drilled === null ? facts.drilled : drilled.ok };
}
