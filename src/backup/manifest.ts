import { AppError } from '../errors.ts';
import * as field from './fields.ts';
import { FORMAT, type BackupKind, type FileRecord, type Knowledge, type Manifest, type Requester } from './model.ts';
import { parseName } from './name.ts';
import { readIdentity } from './state-model.ts';

/** Name of the manifest inside the archive, its last entry. */
export const MANIFEST_ENTRY = 'manifest.json';

const MOST_CHARACTERS = 8_000_000;
const MOST_FILES = 50_000;
const MOST_NAMES = 50_000;
const LONGEST_PATH = 512;

export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Reads a manifest that anybody may have written.
 * @throws AppError `conflict` for a format newer than this program's, `damaged` naming the field that is wrong
 */
export function parseManifest(text: string): Manifest {
  return reading('manifest', () => readManifest(field.parseJson(text, MOST_CHARACTERS), 'manifest'));
}

/** Turns what is wrong with a field into words about the whole. */
export function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof field.FieldProblem)) throw error;
    throw new AppError(
      'damaged',
      {
        en: `The backup's ${what} cannot be used: ${error.message}.`,
        ja: `バックアップのマニフェスト（${what}）が正しくありません: ${error.message}`,
      },
      { cause: error },
    );
  }
}

export function readManifest(value: unknown, where: string): Manifest {
  const found = field.object(value, where);
  const format = field.count(found['format'], `${where}.format`);
  if (format > FORMAT) throw newerFormat(format);
  if (format < 1) throw new field.FieldProblem(`${where}.format is not a format that ever was`);
  const read = <T>(name: string, reader: field.ReadField<T>): T => reader(found[name], `${where}.${name}`);
  return {
    format,
    name: read('name', backupName),
    createdAt: read('createdAt', timestamp),
    application: read('application', application),
    schemaVersion: read('schemaVersion', field.count),
    sqliteVersion: read('sqliteVersion', version),
    chromaVersion: read('chromaVersion', field.nullable(version)),
    collectionPrefix: read('collectionPrefix', field.string(200)),
    spaces: read('spaces', field.list(field.string(300), 1000)),
    kind: read('kind', backupKind),
    reason: read('reason', field.nullable(field.string(1000))),
    by: read('by', requester),
    gateMs: read('gateMs', field.duration),
    durationMs: read('durationMs', field.duration),
    counts: read('counts', counts),
    identity: read('identity', readIdentity),
    files: read('files', files),
  };
}

export function newerFormat(format: number): AppError {
  return new AppError('conflict', {
    en: `This backup was made by a newer NescordBot (format ${format}; this one reads up to ${FORMAT}). Update NescordBot, then try again.`,
    ja: `このバックアップは新しいバージョンの NescordBot で作られました（形式 ${format}、対応しているのは ${FORMAT} まで）。NescordBot を更新してからもう一度お試しください。`,
  });
}

const version = field.string(100);
const timestamp = field.matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/, 'a time in UTC');

export const backupKind: field.ReadField<BackupKind> = field.oneOf('manual', 'scheduled', 'after-change', 'safety');

export function backupName(value: unknown, where: string): string {
  const name = field.string(100)(value, where);
  if (parseName(name) === null) throw new field.FieldProblem(`${where} is not the name of a backup`);
  return name;
}

function application(value: unknown, where: string): Manifest['application'] {
  const found = field.object(value, where);
  return { name: field.string(100)(found['name'], `${where}.name`), version: version(found['version'], where) };
}

function requester(value: unknown, where: string): Requester {
  const found = field.object(value, where);
  return {
    id: field.string(100)(found['id'], `${where}.id`),
    name: field.string(200)(found['name'], `${where}.name`),
  };
}

function counts(value: unknown, where: string): Manifest['counts'] {
  const found = field.object(value, where);
  const numbers = field.numbersByName(MOST_NAMES);
  return {
    tables: numbers(found['tables'], `${where}.tables`),
    collections: numbers(found['collections'], `${where}.collections`),
    knowledge:
      found['knowledge'] === undefined ? null : field.nullable(knowledge)(found['knowledge'], `${where}.knowledge`),
  };
}

function knowledge(value: unknown, where: string): Knowledge {
  const found = field.object(value, where);
  return {
    documents: field.count(found['documents'], `${where}.documents`),
    passages: field.count(found['passages'], `${where}.passages`),
  };
}

function files(value: unknown, where: string): readonly FileRecord[] {
  const records = field.list(fileRecord, MOST_FILES)(value, where);
  const paths = new Set(records.map(({ path }) => path));
  if (paths.size !== records.length) throw new field.FieldProblem(`${where} lists a path twice`);
  return records;
}

function fileRecord(value: unknown, where: string): FileRecord {
  const found = field.object(value, where);
  return {
    path: relativePath(found['path'], `${where}.path`),
    sizeBytes: field.count(found['sizeBytes'], `${where}.sizeBytes`),
    sha256: field.sha256(found['sha256'], `${where}.sha256`),
  };
}

/** `sqlite/nescordbot.db`: at least one folder deep; nothing absolute, nothing that climbs, no odd characters. */
function relativePath(value: unknown, where: string): string {
  const path = field.string(LONGEST_PATH)(value, where);
  const parts = path.split('/');
  if (parts.length >= 2 && parts.every((part) => /^(?!\.{1,2}$)[\w.@ +=-]{1,255}$/.test(part))) return path;
  throw new field.FieldProblem(`${where} is not the path of a file in a backup`);
}
