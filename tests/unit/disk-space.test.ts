import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spaceOf } from '../../src/app/disk-space.ts';

const GB = 1e9;

test('what the file system keeps for itself is neither used nor free', () => {
  // 250 GB, of which 37 are used and 165 kept for root.
  const { freeBytes, totalBytes } = spaceOf({ blocks: 250, bfree: 213, bavail: 48, bsize: GB });
  assert.equal(totalBytes - freeBytes, 37 * GB, 'used');
  assert.equal(freeBytes, 48 * GB);
  assert.equal(totalBytes, 85 * GB);
});
