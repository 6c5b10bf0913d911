import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';
import process from 'node:process';
import { counted } from '../../counted.ts';
import { AppError } from '../../errors.ts';
import { exportCsv } from '../../backup/portable/export-csv.ts';
import { exportJson } from '../../backup/portable/export-json.ts';
import { importJson } from '../../backup/portable/import-json.ts';
import { agreed } from './jobs.ts';
import type { BackupShell } from './shell.ts';
import { sizeOf } from './views.ts';

export interface ExportChoice {
  readonly format: 'json' | 'csv';
  readonly vectors: boolean;
  /** Null: standard output. */
  readonly out: string | null;
}

const PIECES_BYTES = 256 * 1024;

/** Writes everything, or the history of questions, in a form that other programs read. */
export async function exportAll(shell: BackupShell, { format, vectors, out }: ExportChoice): Promise<void> {
  const { terminal, signal, version } = shell;
  using source = shell.openExport();
  const line = terminal.progress('Exporting');
  const onProgress = (done: number, total: number) => line.update(done, total, 'rows');
  const text =
    format === 'csv' ? exportCsv(source) : exportJson(source, { version, at: Date.now(), vectors, signal, onProgress });
  let sizeBytes: number;
  try {
    sizeBytes = out === null ? await toOutput(text) : await toFile(text, out);
  } finally {
    line.end();
  }
  if (out === null) terminal.note(`Exported ${sizeOf(sizeBytes)}.`);
  else terminal.result(`Exported ${sizeOf(sizeBytes)} to ${out}.`, { file: out, sizeBytes, format, vectors });
}

/** Reads an export back; into a database that holds something only with `replace`, and that is backed up first. */
export async function importAll(
  shell: BackupShell,
  file: string,
  { replace, yes }: { readonly replace: boolean; readonly yes: boolean },
): Promise<void> {
  const { terminal, signal, backups } = shell;
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new AppError('not_found', `There is no file ${file}.`, { cause });
  });
  using target = await shell.openImport();
  if (!target.isEmpty()) {
    if (!replace) {
      throw new AppError(
        'conflict',
        'There is knowledge here already, and importing replaces all of it. Add --replace to do that; what is here is ' +
          'backed up first. Nothing was changed.',
      );
    }
    terminal.note(`Would disappear: ${contentsHere(shell)}, settings, and what people voted.`);
    await agreed(shell, yes, 'Replace everything that is here?');
    const safety = await backups.create(
      { kind: 'safety', reason: 'before an import', by: { id: 'cli', name: 'cli' } },
      { signal },
    );
    terminal.note(`What was here is kept as ${safety.entry.name}.`);
  }
  const line = terminal.progress('Importing');
  const stream = createReadStream(file, { highWaterMark: PIECES_BYTES });
  try {
    const onProgress = (done: number, total: number) => line.update(done, total, 'rows');
    const result = await importJson(stream, target, { signal, onProgress });
    line.end();
    const later = result.vectors ? '' : ' The passages are embedded again when the bot starts.';
    terminal.result(`Imported ${sizeOf(size)} of ${result.exportedAt}.${later}`, result);
  } finally {
    line.end();
    stream.destroy();
  }
}

function contentsHere(shell: BackupShell): string {
  using here = shell.openExport();
  return `${counted(here.count('documents'), 'document')}, ${counted(here.count('questions'), 'question')} with answers`;
}

/** The file appears whole or not at all. */
async function toFile(text: Iterable<string>, file: string): Promise<number> {
  const partial = `${file}.partial`;
  const pieces = gathered(text);
  let [sizeBytes, unwritten] = [0, 0];
  try {
    await using handle = await open(partial, 'w', 0o600);
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      unwritten = next.value.byteLength;
      await handle.writeFile(next.value);
      sizeBytes += unwritten;
    }
    await handle.sync();
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined); // why it could not be written is thrown below
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') {
      let missing = unwritten;
      for (const piece of pieces) missing += piece.byteLength; // nobody writes it: this is how much it would have been
      throw new AppError(
        'limit',
        `The disk is full after ${sizeOf(sizeBytes)}: ${sizeOf(missing)} are missing, and ${file} was not written.`,
        { cause },
      );
    }
    if (cause instanceof Error && 'code' in cause) {
      throw new AppError('invalid', `${file} cannot be written: ${cause.message}`, { cause });
    }
    throw cause;
  } finally {
    pieces.return(undefined); // a database that is read half-way cannot be closed
  }
  await using folder = await open(dirname(file) || '.', 'r');
  await folder.sync();
  return sizeBytes;
}

async function toOutput(text: Iterable<string>): Promise<number> {
  let sizeBytes = 0;
  for (const piece of gathered(text)) {
    sizeBytes += piece.byteLength;
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
  return sizeBytes;
}

/** Rows are small; written one by one they would take long. */
function* gathered(text: Iterable<string>): Generator<Uint8Array, undefined> {
  let waiting = '';
  for (const piece of text) {
    waiting += piece;
    if (waiting.length < PIECES_BYTES) continue;
    yield Buffer.from(waiting, 'utf8');
    waiting = '';
  }
  yield Buffer.from(waiting, 'utf8');
  return undefined;
}
