import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '../../../src/errors.ts';
import { createMemoryPlace, createMemoryVault, holdTransfers } from '../../support/memory-vault.ts';
import { HOUR_MS, openOffSiteStage, START } from '../../support/off-site-stage.ts';

async function twoVaults(t: Parameters<typeof openOffSiteStage>[0]) {
  const [near, far] = [createMemoryPlace(), createMemoryPlace()];
  const vaults = [
    { vault: createMemoryVault(near, { name: 'folder' }), keep: 9 },
    { vault: createMemoryVault(far), keep: 9 },
  ];
  const stage = await openOffSiteStage(t, { vaults });
  const name = await stage.plant(START - HOUR_MS);
  const original = readFileSync(stage.catalogue.archiveFile(name));
  await stage.offSite.sync();
  await stage.catalogue.remove(name);
  near.calls.length = 0;
  far.calls.length = 0;
  const works = () => readdirSync(join(stage.folder, 'incoming')).filter((file) => file.startsWith('.work-'));
  return { near, far, stage, name, original, works };
}

test('a backup comes from the nearest vault, with its progress', async (t) => {
  const { near, far, stage, name, original, works } = await twoVaults(t);
  const seen: string[] = [];
  const entry = await stage.offSite.fetch(name, {
    onProgress: ({ stage, doneBytes }) => seen.push(`${stage} ${doneBytes}`),
  });
  assert.equal(entry.state, 'unverified');
  assert.deepEqual(readFileSync(stage.catalogue.archiveFile(name)), original);
  assert.deepEqual([near.calls, far.calls], [['list', `get ${name}`], []]);
  assert.equal(seen.at(-1), 'fetching 20000');
  assert.deepEqual(works(), []);
});

test('where the nearest copy is damaged, broken off or gone, the next vault is asked', async (t) => {
  const { near, far, stage, name, original, works } = await twoVaults(t);
  const stored = near.files.get(`${name}.tar.zst`) ?? Buffer.alloc(0);
  near.files.set(`${name}.tar.zst`, Buffer.concat([stored.subarray(0, 100), Buffer.from([0]), stored.subarray(101)]));
  const breaks = [
    () => undefined,
    () => void (near.trouble = 'cut'),
    () => void (near.trouble = 'down'),
    () => near.files.clear(),
  ];
  for (const breakIt of breaks) {
    breakIt();
    await stage.offSite.fetch(name);
    assert.deepEqual(readFileSync(stage.catalogue.archiveFile(name)), original);
    await stage.catalogue.remove(name);
  }
  assert.equal(far.calls.filter((call) => call.startsWith('get')).length, breaks.length);
  assert.deepEqual(works(), []);
});

test('when none has a whole copy, the first reason is told, and nothing lies among the backups', async (t) => {
  const { near, far, stage, name, works } = await twoVaults(t);
  near.trouble = 'cut';
  far.trouble = 'hang';
  await assert.rejects(
    stage.offSite.fetch(name),
    (error) => isAppError(error, 'unavailable') && /memory folder does not answer/.test(error.message),
  );
  const other = 'nescordbot_backup_20200101_000000';
  near.trouble = null;
  far.trouble = null;
  await assert.rejects(
    stage.offSite.fetch(other),
    (error) => isAppError(error, 'not_found') && /nor in a vault/.test(error.message),
  );
  await assert.rejects(stage.offSite.fetch('../../etc/passwd'), (error) => isAppError(error, 'not_found'));
  assert.deepEqual(await stage.catalogue.list(), []);
  assert.deepEqual(works(), []);
});

test('two who want the same backup get the same transfer, and cancelling leaves nothing', async (t) => {
  const { near, stage, name, works } = await twoVaults(t);
  const [one, two] = await Promise.all([stage.offSite.fetch(name), stage.offSite.fetch(name)]);
  assert.equal(one.name, two.name);
  assert.equal(near.calls.filter((call) => call.startsWith('get')).length, 1);
  await stage.catalogue.remove(name);
  near.trouble = 'hang';
  const stop = new AbortController();
  near.onTransfer = () => stop.abort();
  await assert.rejects(stage.offSite.fetch(name, { signal: stop.signal }), (error) => isAppError(error, 'aborted'));
  assert.deepEqual(works(), []);
  assert.deepEqual(await stage.catalogue.list(), []);
});

test('stopping ends a transfer to this machine at once', async (t) => {
  const { near, stage, name, works } = await twoVaults(t);
  const { begun } = holdTransfers(near);
  const fetching = assert.rejects(stage.offSite.fetch(name), (error) => isAppError(error, 'aborted'));
  await begun;
  await stage.offSite.close();
  await fetching;
  assert.deepEqual(works(), []);
});

test('what a crash left of a transfer is taken away at the next start, not only when something is fetched again', async (t) => {
  const { stage, works } = await twoVaults(t);
  const left = join(stage.folder, 'incoming', '.work-0b0e1d4a-7f0c-4a53-9f05-0a5b3f4b6a11');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'half.tar.zst'), 'half');
  await stage.restart();
  stage.offSite.begin();
  await stage.offSite.settled();
  assert.deepEqual(works(), []);
});
