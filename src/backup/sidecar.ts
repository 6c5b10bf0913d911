import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { writeDurably } from './durable.ts';
import * as field from './fields.ts';
import { readManifest, reading } from './manifest.ts';
import type { Check, Sidecar } from './model.ts';
import { SIDECAR_SUFFIX } from './name.ts';
import { parseVaultNote } from './vault/note.ts';

const MOST_BYTES = 10_000_000;

/** @throws AppError `conflict` for a newer format, `damaged` naming the field that is wrong */
export function parseSidecar(text: string): Sidecar {
  return reading('sidecar', () => {
    const found = field.object(field.parseJson(text, MOST_BYTES), 'sidecar');
    const archive = field.object(found['archive'], 'sidecar.archive');
    return {
      manifest: readManifest(found['manifest'], 'sidecar.manifest'),
      archive: {
        sizeBytes: field.count(archive['sizeBytes'], 'sidecar.archive.sizeBytes'),
        sha256: field.sha256(archive['sha256'], 'sidecar.archive.sha256'),
      },
      pinned: field.boolean(found['pinned'], 'sidecar.pinned'),
      verified: field.nullable(check)(found['verified'], 'sidecar.verified'),
      drilled: field.nullable(check)(found['drilled'], 'sidecar.drilled'),
      safetyUntil: field.nullable(field.moment)(found['safetyUntil'], 'sidecar.safetyUntil'),
      doubtedSince: field.nullable(field.moment)(found['doubtedSince'] ?? null, 'sidecar.doubtedSince'),
    };
  });
}

function check(value: unknown, where: string): Check {
  const found = field.object(value, where);
  return {
    at: field.moment(found['at'], `${where}.at`),
    ok: field.boolean(found['ok'], `${where}.ok`),
    durationMs: field.duration(found['durationMs'], `${where}.durationMs`),
    problems: field.list(field.string(2000), 1000)(found['problems'], `${where}.problems`),
    ...(found['flaws'] === undefined
      ? {}
      : { flaws: field.list(field.string(2000), 1000)(found['flaws'], `${where}.flaws`) }),
  };
}

/**
 * Null where there is none, or the note of a vault in its place: whoever copied both files back from there. One that
 * cannot be read is a damaged one, so that it hides no other backup.
 * @throws AppError as `parseSidecar`
 */
export async function readSidecar(folder: string, name: string): Promise<Sidecar | null> {
  const file = join(folder, `${name}${SIDECAR_SUFFIX}`);
  try {
    const found = await stat(file);
    if (!found.isFile()) throw unreadable('it is not a file', null); // a pipe would never end
    // Longer than it may be: the parser refuses it by its length, with no need to read the whole.
    const text = found.size > MOST_BYTES ? ' '.repeat(MOST_BYTES + 1) : await readFile(file, 'utf8');
    return sidecarIn(text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'EMFILE' || code === 'ENFILE') throw error; // says nothing of the file
    throw error instanceof AppError ? error : unreadable(code ?? 'unknown reason', error);
  }
}

function sidecarIn(text: string): Sidecar | null {
  try {
    return parseSidecar(text);
  } catch (error) {
    if (parseVaultNote(text) !== null) return null;
    throw error;
  }
}

function unreadable(why: string, cause: unknown): AppError {
  return new AppError(
    'damaged',
    {
      en: `The backup's sidecar cannot be read (${why}).`,
      ja: `バックアップのマニフェスト（sidecar）を読み取れません（${why}）。`,
    },
    { cause },
  );
}

/** Written whole, or the old one stays. */
export async function writeSidecar(folder: string, sidecar: Sidecar): Promise<void> {
  await writeDurably(
    join(folder, `${sidecar.manifest.name}${SIDECAR_SUFFIX}`),
    `${JSON.stringify(sidecar, null, 2)}\n`,
  );
}
