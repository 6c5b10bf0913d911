import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentsOf } from '../../../src/backup/contents-model.ts';
import { isAppError } from '../../../src/errors.ts';
import { formatManifest, parseManifest } from '../../../src/backup/manifest.ts';
import type { Manifest, Sidecar } from '../../../src/backup/model.ts';
import { formatName, parseName } from '../../../src/backup/name.ts';
import { parseSidecar } from '../../../src/backup/sidecar.ts';

const MANIFEST: Manifest = {
  format: 1,
  name: 'nescordbot_backup_20261121_093005',
  createdAt: '2026-11-21T09:30:05.000Z',
  application: { name: 'nescordbot', version: '0.1.0' },
  schemaVersion: 3,
  sqliteVersion: '3.54.0',
  chromaVersion: null,
  collectionPrefix: 'nescord_knowledge',
  spaces: ['offline'],
  kind: 'manual',
  reason: null,
  by: { id: 'cli', name: 'cli' },
  gateMs: 0.5,
  durationMs: 12,
  counts: { tables: { documents: 1 }, collections: {}, knowledge: { documents: 1, passages: 3 } },
  identity: null,
  files: [{ path: 'sqlite/nescordbot.db', sizeBytes: 4096, sha256: 'a'.repeat(64) }],
};
const SIDECAR: Sidecar = {
  manifest: MANIFEST,
  archive: { sizeBytes: 100, sha256: 'b'.repeat(64) },
  pinned: false,
  verified: { at: 1, ok: false, durationMs: 1, problems: ['x'] },
  drilled: null,
  safetyUntil: null,
  doubtedSince: null,
};

test('what is written is read back as it was', () => {
  assert.deepEqual(parseManifest(formatManifest(MANIFEST)), MANIFEST);
  assert.deepEqual(parseSidecar(JSON.stringify(SIDECAR)), SIDECAR);
});

test('what a backup holds is told without removed documents, and by its rows where an older version made it', () => {
  const tables = { documents: 3, chunks: 9, vectors: 9, questions: 2 };
  const counts = { tables, collections: {}, knowledge: { documents: 2, passages: 7 } };
  assert.deepEqual(contentsOf(counts), { documents: 2, passages: 7, vectors: 9, questions: 2 });
  const older = parseManifest(JSON.stringify({ ...MANIFEST, counts: { tables, collections: {} } }));
  assert.deepEqual(contentsOf(older.counts), { documents: 3, passages: 9, vectors: 9, questions: 2 });
  assert.equal(contentsOf({ tables: {}, collections: {}, knowledge: null }), null, 'files that were set aside');
  for (const knowledge of [{ documents: -1, passages: 1 }, { documents: 1 }, [], 'x'])
    assert.throws(
      () => parseManifest(JSON.stringify({ ...MANIFEST, counts: { ...MANIFEST.counts, knowledge } })),
      (error) => isAppError(error, 'damaged') && error.message.includes('manifest.counts.knowledge'),
    );
});

test('a newer format is refused by saying so, before anything else in it is judged', () => {
  for (const parse of [
    () => parseManifest('{"format": 2, "files": "elsewhere"}'),
    () => parseSidecar(JSON.stringify({ ...SIDECAR, manifest: { format: 2 } })),
  ]) {
    assert.throws(parse, (error) => isAppError(error, 'conflict') && /newer NescordBot \(format 2/.test(error.message));
  }
});

test('a member that is missing or of another kind is refused by name, whichever it is', () => {
  for (const field of Object.keys(MANIFEST)) {
    for (const value of [undefined, [[]], { a: 1 }, true, -1, '\0', 1e300]) {
      const text = JSON.stringify({ ...MANIFEST, [field]: value });
      if (field === 'identity' && value === undefined) continue; // those of older versions have none
      const isText = ['collectionPrefix', 'sqliteVersion', 'chromaVersion', 'reason'].includes(field);
      if (isText && value === '\0') continue;
      if (['gateMs', 'durationMs'].includes(field) && value === 1e300) continue;
      assert.throws(
        () => parseManifest(text),
        (error) =>
          (isAppError(error, 'damaged') && error.message.includes(`manifest.${field}`)) ||
          isAppError(error, 'conflict'),
        `${field} = ${JSON.stringify(value)}`,
      );
    }
  }
});

test('paths that lead anywhere but below the backup are refused', () => {
  const [file] = MANIFEST.files;
  for (const path of [
    '/etc/passwd',
    '../x/y',
    'sqlite/../../x',
    'x',
    'a//b',
    'a/',
    'a\\b/c',
    'a/b\0',
    'a/./b',
    'a/\n',
  ]) {
    assert.throws(
      () => parseManifest(JSON.stringify({ ...MANIFEST, files: [{ ...file, path }] })),
      /path of a file/,
      path,
    );
  }
  assert.throws(() => parseManifest(JSON.stringify({ ...MANIFEST, files: [file, file] })), /lists a path twice/);
});

test('texts that are no JSON, are too long or were cut anywhere are refused as damaged', () => {
  for (const text of ['', 'null', '[]', '"x"', '{', ' '.repeat(8_000_001)]) {
    assert.throws(
      () => parseManifest(text),
      (error) => isAppError(error, 'damaged'),
    );
  }
  const whole = JSON.stringify(SIDECAR);
  for (let end = 0; end < whole.length; end += 1) {
    assert.throws(
      () => parseSidecar(whole.slice(0, end)),
      (error) => isAppError(error, 'damaged'),
    );
  }
});

test('names are read back as written, and nothing else is a name', () => {
  const at = Date.UTC(2026, 10, 21, 9, 30, 5);
  assert.deepEqual(parseName(formatName(at, 12)), {
    name: 'nescordbot_backup_20261121_093005_12',
    createdAt: at,
    ordinal: 12,
  });
  for (const text of [
    'nescordbot_backup_20260230_000000',
    'nescordbot_backup_00000101_000000',
    'nescordbot_backup_20261121_250000',
    'nescordbot_backup_20261121_093005_1',
    'nescordbot_backup_20261121_093005_02',
    'nescordbot_backup_20261121_093005\n',
    ' nescordbot_backup_20261121_093005',
    '../nescordbot_backup_20261121_093005',
    '',
  ]) {
    assert.equal(parseName(text), null, JSON.stringify(text));
  }
});
