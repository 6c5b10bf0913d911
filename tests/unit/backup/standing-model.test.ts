import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standingLabel, standingRemark, type Belonging } from '../../../src/backup/standing-model.ts';
import type { StateIdentity } from '../../../src/backup/state-model.ts';

const identity: StateIdentity = {
  installationId: '5eed1234-0000',
  application: null,
  lineage: [{ id: 'timeline-1', number: 1, cause: 'start', beganAt: '2026-11-21T09:30:00Z', branchedAt: null }],
  position: { knowledge: 1, talk: 0 },
};

const backup = (more: Partial<Belonging>): Belonging => ({
  standing: 'current',
  identity,
  kind: 'scheduled',
  ...more,
});

test('of a backup on the way to what is there now nothing is said, and nobody is warned', () => {
  assert.equal(standingLabel(backup({})), null);
  assert.equal(standingRemark(backup({})), null);
});

test("whoever is about to restore another installation's backup hears whose it is, and what it would do", () => {
  const foreign = backup({ standing: 'foreign' });
  assert.deepEqual(standingRemark(foreign), {
    en: "This is another installation's backup (5eed1234): its documents and settings would replace yours.",
    ja: '別のインストール（5eed1234）のバックアップです。復元すると、現在の文書と設定は、そのインストールのものに置き換わります。',
  });
  assert.match(standingRemark({ ...foreign, kind: 'safety' })?.en ?? '', /another installation's/);
});

test('a branch, a safety backup and one of unknown origin are each said to be what they are', () => {
  const branch = backup({ standing: 'branch' });
  assert.match(standingRemark(branch)?.en ?? '', /earlier restore left this backup behind/);
  assert.deepEqual(standingLabel({ ...branch, leftBy: 'import' }), {
    en: 'left behind by an import',
    ja: '以前のインポートで離れた時点のもの',
  });
  assert.match(standingRemark({ ...branch, leftBy: 'rollback' })?.en ?? '', /went back behind this backup.*comes back/);
  assert.match(standingRemark({ ...branch, leftBy: 'rollback' })?.ja ?? '', /過去の状態に戻る前のバックアップ/);
  assert.match(standingRemark({ ...branch, kind: 'safety' })?.en ?? '', /safety backup/);
  assert.equal(standingLabel({ ...branch, kind: 'safety' }), null, 'its kind says it');
  const unknown = backup({ standing: 'unknown', identity: null });
  assert.match(standingRemark(unknown)?.ja ?? '', /どのインストールのものかの記録がありません/);
  assert.equal(standingLabel({ ...unknown, kind: null }), null, 'where nothing is known, nothing is said');
});

test('where there is no state to hold a backup against, it is said whose it is, and not that nobody knows', () => {
  const known = backup({ standing: 'unknown' });
  assert.deepEqual(standingLabel(known), { en: 'of installation 5eed1234', ja: 'インストール 5eed1234 のもの' });
  assert.equal(
    standingRemark(known)?.en,
    'This is a backup of installation 5eed1234, and nothing here says whether that is yours: see that it is.',
  );
});
