import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNames } from '../../src/adapters/chroma/names.ts';
import { createDatabaseFiles } from '../../src/adapters/sqlite/files.ts';
import { createDrillRig } from '../../src/app/drill.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { GUILD, openRestoreStage, threads } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

test('a rehearsal opens a backup, and finds what is missing from it', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  const { premises, config, folder } = stage;
  await stage.teach('lighthouse', 'The lighthouse opens at nine in the morning.');
  await stage.backUp('early');
  await stage.teach('ferry', 'The ferry to the island leaves twice a day.');
  const { sidecar } = await stage.backUp('late');
  const { engine } = premises.knowledge();
  const name = createNames(config.chroma.collectionPrefix).nameOf({ guildId: GUILD, space: engine.embedder.space });
  const tables = sidecar?.manifest.counts.tables ?? {};
  const counts = { tables, collections: { [name]: 2 } };
  const unasked = () => Promise.reject(new Error('nothing may be embedded'));
  const rig = createDrillRig({
    config,
    engine: () => ({ ...engine, embedder: { ...engine.embedder, embedDocuments: unasked, embedQuery: unasked } }),
    files: createDatabaseFiles(threads),
    log: recordingLog().log,
    clock: Date.now,
    random: Math.random,
  });
  const late = async () => {
    const scratch = join(folder, 'scratch');
    await rm(scratch, { recursive: true, force: true });
    await cp(join(folder, 'copy-of-late'), scratch, { recursive: true });
    return scratch;
  };

  assert.deepEqual(await rig.rehearse(await late(), counts), []);

  const fewer = { ...counts, tables: { ...tables, documents: 3 } };
  assert.deepEqual(await rig.rehearse(await late(), fewer), ['documents has 2 rows instead of 3']);

  const olderIndex = await late();
  await rm(join(olderIndex, 'chroma'), { recursive: true });
  await cp(join(folder, 'copy-of-early/chroma'), join(olderIndex, 'chroma'), { recursive: true });
  const problems = await rig.rehearse(olderIndex, counts);
  assert.match(problems.join('; '), /has 1 vectors, not 2; 1 of 2 known vectors .* are not found in the index/);

  const noDatabase = await late();
  await rm(join(noDatabase, 'sqlite/nescordbot.db'));
  assert.equal((await rig.rehearse(noDatabase, counts)).length, 1);
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse'], 'the bot itself was not touched');
});
