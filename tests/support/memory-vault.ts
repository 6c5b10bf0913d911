import { setTimeout as wait } from 'node:timers/promises';
import {
  createMeter,
  download,
  measure,
  readChunks,
  throwIfAborted,
  unlessStalled,
} from '../../src/backup/vault/api.ts';
import { alreadyOther, changedFile, notStored, otherBytes } from '../../src/backup/vault/failure-model.ts';
import {
  archivesAmong,
  filesOf,
  MOST_NOTE_BYTES,
  noteFileOf,
  requireVaultFile,
  requireVaultName,
} from '../../src/backup/vault/model.ts';
import type { CopyId, StoredCopy, Vault, VaultName } from '../../src/backup/vault-ports.ts';
import { AppError } from '../../src/errors.ts';

export interface MemoryPlace {
  readonly files: Map<string, Buffer>;
  trouble: 'cut' | 'hang' | 'full' | 'down' | 'refused' | null;
  limitBytes: number | null;
  /** `put NAME`, `list`, …, as they began. */
  readonly calls: string[];
  /** Called in the middle of a transfer. */
  onTransfer: (() => void | Promise<void>) | null;
}

export function createMemoryPlace(): MemoryPlace {
  return { files: new Map(), trouble: null, limitBytes: null, calls: [], onTransfer: null };
}

/** Makes every transfer stand still in its middle until it is released, if ever. */
export function holdTransfers(place: MemoryPlace) {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  place.onTransfer = () => {
    begun.resolve();
    return held.promise;
  };
  return { begun: begun.promise, release: () => held.resolve() };
}

const IDLE_MS = 60_000;
const HUNG_MS = 400;

/** A vault like the others, held to the same contract, and as fast as a test wants it. */
export function createMemoryVault(place: MemoryPlace, options: { name?: VaultName; refused?: boolean } = {}): Vault {
  const { files, calls } = place;
  const { name: vaultName = 's3', refused = false } = options;
  const label = `memory ${vaultName}`;

  function begin(call: string, signal?: AbortSignal): void {
    calls.push(call);
    throwIfAborted(signal);
    if (refused || place.trouble === 'refused') {
      throw new AppError('forbidden', { en: `${label} refuses the key.`, ja: `${label} に拒否されました。` });
    }
    if (place.trouble === 'down') throw down();
  }
  const down = () => new AppError('unavailable', { en: `${label} does not answer.`, ja: `${label} が応答しません。` });

  async function* moved(chunks: AsyncIterable<Buffer>, signal: AbortSignal | undefined) {
    async function* troubled() {
      for await (const chunk of chunks) {
        const half = chunk.subarray(0, chunk.length / 2);
        yield half;
        await place.onTransfer?.();
        if (place.trouble === 'cut') throw down();
        if (place.trouble === 'hang') await wait(60_000, null, { ref: false });
        yield chunk.subarray(half.length);
      }
    }
    yield* unlessStalled(troubled(), { label, idleMs: place.trouble === 'hang' ? HUNG_MS : IDLE_MS, signal });
  }

  function describe({ name, fileName }: CopyId): StoredCopy | null {
    const bytes = files.get(fileName);
    if (bytes === undefined) return null;
    const sha256 = files.get(`${fileName}.sha256`)?.toString() ?? null;
    const note = files.get(noteFileOf(name));
    const text = note === undefined || note.length > MOST_NOTE_BYTES ? null : note.toString();
    return { name, fileName, sizeBytes: bytes.length, sha256, note: text };
  }
  function need(wanted: CopyId) {
    const copy = describe(requireVaultFile(wanted));
    if (copy === null) throw notStored(label, wanted.name);
    const bytes = files.get(copy.fileName) ?? Buffer.alloc(0);
    async function* chunks() {
      yield bytes;
    }
    return { copy, chunks: chunks(), expected: { ...copy, otherwise: () => otherBytes(label, copy.fileName) } };
  }

  return {
    name: vaultName,
    label,
    async put(copy, file, work = {}) {
      begin(`put ${copy.name}`, work.signal);
      const { fileName, sizeBytes, sha256, note } = copy;
      requireVaultFile(copy);
      const isThere = () => {
        const found = files.get(fileName);
        if (found !== undefined && files.get(`${fileName}.sha256`)?.toString() !== sha256)
          throw alreadyOther(label, fileName);
        return found !== undefined;
      };
      if (isThere()) return;
      if (place.trouble === 'full')
        throw new AppError('limit', { en: `${label} is full.`, ja: `${label} が満杯です。` });
      const meter = createMeter({ sizeBytes, sha256, otherwise: () => changedFile(fileName) }, work);
      const pieces: Uint8Array[] = [];
      for await (const piece of meter.through(moved(readChunks(file), work.signal))) pieces.push(piece);
      meter.end();
      if (isThere()) return;
      files.set(noteFileOf(copy.name), Buffer.from(note));
      files.set(`${fileName}.sha256`, Buffer.from(sha256));
      files.set(fileName, Buffer.concat(pieces));
    },
    async list(signal) {
      begin('list', signal);
      return archivesAmong(files.keys())
        .map(describe)
        .filter((copy) => copy !== null);
    },
    async readBack(wanted, work = {}) {
      begin(`read ${wanted.name}`, work.signal);
      const { chunks, expected } = need(wanted);
      return measure(moved(chunks, work.signal), expected, work);
    },
    async get(wanted, file, work = {}) {
      begin(`get ${wanted.name}`, work.signal);
      const { copy, chunks, expected } = need(wanted);
      const { sha256 } = await download(moved(chunks, work.signal), file, expected, work);
      return { ...copy, sha256 };
    },
    async delete(names, signal) {
      begin(`delete ${names.join(' ')}`, signal);
      for (const file of names.map(requireVaultName).flatMap(filesOf)) {
        files.delete(file);
        files.delete(`${file}.sha256`);
      }
    },
    async usage(signal) {
      begin('usage', signal);
      const used = archivesAmong(files.keys()).map(({ fileName }) => files.get(fileName)?.length ?? 0);
      return { usedBytes: used.reduce((sum, bytes) => sum + bytes, 0), limitBytes: place.limitBytes };
    },
  };
}
