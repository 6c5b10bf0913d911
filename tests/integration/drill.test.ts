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

  const olderIndex = async () => {
    const scratch = await late();
    await rm(join(scratch, 'chroma'), { recursive: true });
    await cp(join(folder, 'copy-of-early/chroma'), join(scratch, 'chroma'), { recursive: true });
    return scratch;
  };
  const problems = await rig.rehearse(await olderIndex(), counts);
  assert.match(problems.join('; '), /has 1 vectors, not 2; 1 of 2 known vectors .* are not found in the index/);

  // Counts that agree show nothing: what is lost is found by looking for it.
  const lost = await rig.rehearse(await olderIndex(), { tables, collections: { [name]: 1 } });
  assert.match(lost.join('; '), /^1 of 2 known vectors .* are not found in the index$/);

  const noDatabase = await late();
  await rm(join(noDatabase, 'sqlite/nescordbot.db'));
  assert.equal((await rig.rehearse(noDatabase, counts)).length, 1);
  assert.deepEqual(stage.titles(), ['ferry', 'lighthouse'], 'the bot itself was not touched');
});

test('a rehearsal looks for vectors from the oldest to the newest, and forgives those few that no search reaches', async (t) => {
  const stage = await openRestoreStage(t, tempFolder(t));
  const { premises, config, folder } = stage;
  const sections = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, at) => `# Pier ${from + at}\n\nBoat ${(from + at) * 7} is moored at ${from + at}.`,
    );
  await stage.teach('piers', sections(0, 30).join('\n\n'));
  await stage.backUp('old');
  await stage.teach('a pier', sections(100, 1).join('\n\n'));
  await stage.backUp('one-more');
  await stage.teach('more piers', sections(200, 20).join('\n\n'));
  await stage.backUp('new');
  const rig = createDrillRig({
    config,
    engine: () => premises.knowledge().engine,
    files: createDatabaseFiles(threads),
    log: recordingLog().log,
    clock: Date.now,
    random: Math.random,
  });
  /** The database of one backup with the index of another; the counts of that index are as they should be. */
  const mixed = async (database: string, index: string) => {
    const scratch = join(folder, `${database}-with-${index}`);
    await cp(join(folder, `copy-of-${database}`), scratch, { recursive: true });
    await rm(join(scratch, 'chroma'), { recursive: true });
    await cp(join(folder, `copy-of-${index}/chroma`), join(scratch, 'chroma'), { recursive: true });
    return rig.rehearse(scratch, { tables: {}, collections: { any: 1 } });
  };

  const problems = await mixed('new', 'old');
  assert.match(problems.join('; '), /^\d+ of 20 known vectors .* are not found in the index$/);
  assert.deepEqual(await mixed('one-more', 'old'), [], 'the newest of 31 is not reached');
});
