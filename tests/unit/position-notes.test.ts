import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MarkerFiles } from '../../src/app/marker-files.ts';
import { openPositionNotes } from '../../src/app/position-notes.ts';
import { begun } from '../../src/backup/state-model.ts';
import type { Marker } from '../../src/health/ports.ts';
import { recordingLog } from '../support/fake-discord.ts';

const first = begun([], { id: 'timeline-1', cause: 'start', after: 0, now: 0, branchedAt: null });
const position = { knowledge: 5, talk: 0 };
const second = begun(first, { id: 'timeline-2', cause: 'restore', after: 1, now: 0, branchedAt: position });

test('a restore to the very position, and what a disk did not take at first, are noted all the same', async () => {
  let current: Marker = {
    installationId: 'installation',
    starts: 1,
    lastStartAt: 0,
    application: null,
    lineage: first,
    position,
  };
  let isFull = false;
  const noted: (string | undefined)[] = [];
  const files: Pick<MarkerFiles, 'write'> = {
    async write({ lineage }, onFailure) {
      if (isFull) onFailure('a file', new Error('ENOSPC'));
      else noted.push(lineage[0]?.id);
    },
  };
  await using notes = openPositionNotes({
    files: { ...files, read: () => Promise.resolve([]) },
    current: async () => current,
    log: recordingLog().log,
  });
  await notes.note();
  await notes.note();
  assert.deepEqual(noted, ['timeline-1'], 'once');
  current = { ...current, lineage: second };
  isFull = true;
  await notes.note();
  isFull = false;
  await notes.note();
  assert.deepEqual(noted, ['timeline-1', 'timeline-2']);
});
