/** The whole bot on what the environment names: it goes back to a backup, and comes up on that when it is started again. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { teachApp, titlesOf } from './app-person.ts';
import { createTestLog } from './chroma.ts';

const config = parseConfig(process.env);
const devices = [dirname(config.database.file), config.chroma.directory, config.backup.directory].map(
  (folder) => statSync(folder).dev,
);
assert.equal(new Set(devices).size, 3, 'each folder is on a mount of its own');

const log = createTestLog();
const by = { id: '1', name: 'Morgan' };

{
  await using app = await openApp(config, { log, firstLesson: false });
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by });
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  await app.backups.restore(entry.name, by);
  assert.deepEqual(titlesOf(app), ['lighthouse']);
}
{
  await using app = await openApp(config, { log, firstLesson: false });
  assert.deepEqual(titlesOf(app), ['lighthouse']);
}
const surprises = log.lines.filter((line) => /^(error|warn) (?!Alert)/.test(line));
assert.deepEqual(surprises, []);
process.stdout.write('restored across mounts\n');
process.exit(0);
