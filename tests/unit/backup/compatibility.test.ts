import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countProblems, judgeCompatibility, type Capabilities } from '../../../src/backup/compatibility.ts';
import { FORMAT, type Manifest } from '../../../src/backup/model.ts';

const own: Capabilities = { schemaVersion: 3, chromaVersion: '3.5.0', collectionPrefix: 'bot', space: 'gemini/768' };
const manifest = {
  format: FORMAT,
  name: 'nescordbot_backup_20261121_093005',
  application: { name: 'nescordbot', version: '9.9.9' },
  schemaVersion: 3,
  chromaVersion: '3.5.0',
  collectionPrefix: 'bot',
  spaces: ['gemini/768'],
} as Partial<Manifest> as Manifest;

const judge = (change: Partial<Manifest>, capabilities: Partial<Capabilities> = {}) =>
  judgeCompatibility({ ...manifest, ...change }, { ...own, ...capabilities });

test('a backup of this very program needs no remark', () => {
  assert.deepEqual(judge({}), { usesIndex: true, remarks: [] });
});

test('newer formats and schemas are refused with what to do', () => {
  for (const change of [{ format: FORMAT + 1 }, { schemaVersion: 4 }]) {
    assert.throws(() => judge(change), { code: 'conflict', message: /newer NescordBot \(9\.9\.9.*Update NescordBot/ });
  }
});

test('an older schema is migrated and another embedding space is embedded again, which is said', () => {
  const older = judge({ schemaVersion: 2 });
  assert.match(older.remarks[0]?.en ?? '', /brought up to date/);
  assert.equal(older.usesIndex, true);
  const other = judge({ spaces: ['offline/1024'] });
  assert.match(other.remarks[0]?.en ?? '', /another embedding model \(offline\/1024\).*gemini\/768/);
  assert.deepEqual(judge({ spaces: [] }).remarks, [], 'an empty bot has no vectors of any model');
});

test('an index that is of no use here is rebuilt', () => {
  const cases = [
    judge({ chromaVersion: null }),
    judge({ collectionPrefix: 'other' }),
    judge({ chromaVersion: '3.10.0' }),
    judge({}, { chromaVersion: null }),
  ];
  for (const { usesIndex, remarks } of cases) {
    assert.equal(usesIndex, false);
    assert.match(remarks[0]?.en ?? '', /rebuilt from the stored vectors/);
    assert.match(remarks[0]?.ja ?? '', /作り直します/);
  }
  for (const chromaVersion of ['3.4.9', '3.5', '2.99.99']) assert.equal(judge({ chromaVersion }).usesIndex, true);
});

test('counts that differ are problems, but for tables that starting the bot writes to or a migration took away', () => {
  const found = { documents: 2, jobs: 5, chunks: 1 };
  assert.deepEqual(countProblems({ documents: 2, jobs: 4, gone: 1, chunks: 3 }, found), [
    'chunks has 1 row instead of 3',
  ]);
});
