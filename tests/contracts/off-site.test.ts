import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { OffSite } from '../../src/backup/offsite/api.ts';
import { createScriptedOffSite } from '../support/fake-off-site.ts';
import { createMemoryPlace, createMemoryVault } from '../support/memory-vault.ts';
import { openOffSiteStage, START } from '../support/off-site-stage.ts';

/** With no vault, and with one that has what it should. */
const kinds: Record<string, (t: TestContext, withVault: boolean) => Promise<OffSite>> = {
  async 'the copies of production'(t, withVault) {
    const vault = createMemoryVault(createMemoryPlace());
    const stage = await openOffSiteStage(t, { vaults: withVault ? [{ vault, keep: 5 }] : [] });
    if (withVault) await stage.plant(START);
    return stage.offSite;
  },
  async 'the copies that tests script'(_t, withVault) {
    const script = createScriptedOffSite();
    if (!withVault) return script.offSite;
    const name = 'nescordbot_backup_20261121_090000';
    const place = { vault: 's3', label: 'S3' } as const;
    script.progress.push({ ...place, stage: 'sending', backup: name, doneBytes: 1, totalBytes: 2 });
    script.results.push({ ...place, sent: [name], removed: [], problems: [] });
    script.copies.set(name, [
      { vault: 's3', state: 'verified', at: START, readAt: START, sizeBytes: 1, failure: null },
    ]);
    return script.offSite;
  },
};

for (const [kind, open] of Object.entries(kinds)) {
  test(`${kind}: without a vault all of it is empty, and nothing fails`, async (t) => {
    const offSite = await open(t, false);
    await offSite.look();
    assert.deepEqual([await offSite.vaults(), await offSite.elsewhere(), await offSite.sync()], [[], [], []]);
    assert.equal((await offSite.copies()).size, 0);
  });

  test(`${kind}: a sync tells of its progress and what came of it, a result for each vault`, async (t) => {
    const offSite = await open(t, true);
    const told: string[] = [];
    const results = await offSite.sync({ onProgress: ({ stage }) => void told.push(stage) });
    assert.ok(told.includes('sending'), told.join());
    assert.deepEqual(results.map(({ sent, problems }) => [sent, problems]), [[['nescordbot_backup_20261121_090000'], []]]); // prettier-ignore
    const copies = (await offSite.copies()).get('nescordbot_backup_20261121_090000');
    assert.deepEqual(copies?.map(({ state }) => state), ['verified']); // prettier-ignore
  });

  test(`${kind}: what no vault has is not found`, async (t) => {
    const offSite = await open(t, true);
    await assert.rejects(offSite.fetch('nescordbot_backup_20200101_000000'), { name: 'AppError', code: 'not_found' });
  });
}
