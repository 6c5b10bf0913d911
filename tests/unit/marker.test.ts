import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Marker } from '../../src/health/ports.ts';
import { describeMarker, isAheadOf, parseMarker, readMarkerFile, writeMarkerFile } from '../../src/health/marker.ts';
import { tempFolder } from '../support/temp-store.ts';

const marker: Marker = {
  installationId: '0f3c2a1b-6d5e-4f70-8a9b-000000000001',
  starts: 3,
  lastStartAt: 1_790_000_000_000,
  application: 'playground',
  lineage: [
    {
      id: '0f3c2a1b-0000-0000-0000-000000000002',
      number: 2,
      cause: 'restore',
      beganAt: '2026-11-21T09:30:05.000Z',
      branchedAt: { knowledge: 7, talk: 40 },
    },
  ],
  position: { knowledge: 9, talk: 41 },
};

test('a marker is read as it was written, and whatever else lies there is none', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'marker.json');
  assert.equal(await readMarkerFile(file), null);
  await writeMarkerFile(file, marker);
  assert.deepEqual(await readMarkerFile(file), marker);
  await writeFile(file, '{"installationId":');
  assert.equal(await readMarkerFile(file), null);
  await writeFile(file, JSON.stringify(marker));
  await truncate(file, 3 * 1024 ** 3); // sparse: it would not fit into memory
  assert.equal(await readMarkerFile(file), null);
  const [inside, pipe] = [join(folder, 'folder'), join(folder, 'pipe')];
  await mkdir(inside);
  execFileSync('mkfifo', [pipe]);
  assert.deepEqual(await Promise.all([inside, pipe].map(readMarkerFile)), [null, null], 'neither is waited for');
});

test('a marker whose numbers no start could have written is none', () => {
  assert.deepEqual(parseMarker(marker), marker);
  const changed = [
    { starts: -1 },
    { starts: 1.5 },
    { lastStartAt: 8.7e15 },
    { lastStartAt: '1' },
    { installationId: '' },
  ];
  for (const change of changed) assert.equal(parseMarker({ ...marker, ...change }), null, JSON.stringify(change));
  for (const value of [null, undefined, 'text', [], 7]) assert.equal(parseMarker(value), null);
  assert.match(describeMarker({ ...marker, lastStartAt: 8.64e15 }), /start 3 on \+275760-09-13/);
});

test('a database is behind one that began another timeline of the same number, whichever has come further', () => {
  const [timeline] = marker.lineage;
  const other = { ...marker, lineage: [{ ...timeline, id: '0f3c2a1b-0000-0000-0000-000000000003' }] } as Marker;
  assert.ok(isAheadOf(other, marker) && isAheadOf(marker, other));
  assert.ok(!isAheadOf(marker, marker));
  assert.ok(!isAheadOf({ ...other, installationId: '0f3c2a1b-6d5e-4f70-8a9b-000000000009' }, marker));
  const further = { ...marker, lineage: [{ ...timeline, number: 3 }] } as Marker;
  assert.deepEqual([isAheadOf(further, marker), isAheadOf(marker, further)], [true, false]);
});
