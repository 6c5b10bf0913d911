import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openBackupShell } from '../../src/app/backup-shell.ts';
import { journalFileOf } from '../../src/app/contents.ts';
import { createTombstones } from '../../src/app/tombstones.ts';
import { openShell } from '../../src/app/shell.ts';
import { openVolumeLock } from '../../src/app/volume-lock.ts';
import { parseConfig } from '../../src/config.ts';
import { isAppError } from '../../src/errors.ts';
import { FORGOTTEN } from '../../src/knowledge/people-ports.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { ended } from '../support/knowledge-parts.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { GUILD, PERSON } from '../support/restore-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

const { log } = recordingLog();

async function teach(config: ReturnType<typeof parseConfig>, title: string): Promise<void> {
  await using shell = await openShell(config, { log, signal: new AbortController().signal, guildId: GUILD });
  const content = Buffer.from(`The ${title} opens at nine in the morning.`);
  const { job } = shell.library.add({ guildId: GUILD, title, name: `${title}.md`, content, addedBy: PERSON.id });
  await ended(shell.library, job);
}

async function authors(config: ReturnType<typeof parseConfig>): Promise<string[]> {
  await using shell = await openShell(config, { log, signal: new AbortController().signal, guildId: GUILD });
  return shell.library.list(GUILD, { offset: 0, limit: 10 }).items.map(({ addedBy }) => addedBy);
}

async function titles(config: ReturnType<typeof parseConfig>): Promise<string[]> {
  await using shell = await openShell(config, { log, signal: new AbortController().signal, guildId: GUILD });
  return shell.library
    .list(GUILD, { offset: 0, limit: 10 })
    .items.map(({ title }) => title)
    .sort();
}

test('with the bot stopped, a shell backs up, drills, restores and undoes', async (t) => {
  const config = parseConfig(environmentOf(foldersIn(realpathSync(tempFolder(t)))));
  await teach(config, 'lighthouse');
  let name: string;
  {
    await using shell = await openBackupShell(config, { log });
    const { entry } = await shell.manager.create({ kind: 'manual', reason: null, by: PERSON });
    const { sidecar } = await shell.manager.verify(entry.name, { drill: true });
    assert.deepEqual(sidecar?.drilled?.problems, []);
    assert.ok(sidecar.manifest.files.some(({ path }) => path.startsWith('chroma/')));
    ({ name } = entry);
  }
  await teach(config, 'ferry');
  assert.deepEqual(await authors(config), [PERSON.id, PERSON.id]);
  await createTombstones(config, log).add([{ userId: PERSON.id, at: Date.now() }]);
  let safety: string;
  {
    await using shell = await openBackupShell(config, { log, restores: true });
    safety = (await shell.manager.restore(name, PERSON)).safety.name;
  }
  assert.deepEqual(await titles(config), ['lighthouse']);
  assert.deepEqual(await authors(config), [FORGOTTEN], 'what was removed meanwhile is removed again');
  {
    await using shell = await openBackupShell(config, { log, restores: true });
    await shell.manager.restore(safety, PERSON);
  }
  assert.deepEqual(await titles(config), ['ferry', 'lighthouse']);
});

test('where there is no database yet, a shell says that there is nothing to back up, in one line of the log', async (t) => {
  const { log: own, lines } = recordingLog();
  const config = parseConfig(environmentOf(foldersIn(realpathSync(tempFolder(t)))));
  await using shell = await openBackupShell(config, { log: own });
  await assert.rejects(shell.manager.create({ kind: 'manual', reason: null, by: PERSON }), (error) => {
    assert.ok(isAppError(error, 'not_found'), String(error));
    return /There is no database .* nothing to back up/.test(error.message);
  });
  const [line, ...more] = lines.filter(({ message, level }) => message === 'audit' || level !== 'info');
  assert.deepEqual(more, []);
  assert.match(JSON.stringify(line), /"backup","by":"1","outcome":"refused","detail":"There is no database/);
});

test('beside a running bot a shell copies SQLite alone, and restores nothing', async (t) => {
  const config = parseConfig(environmentOf(foldersIn(realpathSync(tempFolder(t)))));
  await teach(config, 'lighthouse');
  const bot = openVolumeLock(config.database.file);
  t.after(() => bot[Symbol.dispose]());
  await using shell = await openBackupShell(config, { log });
  assert.equal(shell.besideBot, true);
  const { entry } = await shell.manager.create({ kind: 'manual', reason: null, by: PERSON });
  assert.deepEqual(
    entry.sidecar?.manifest.files.map(({ path }) => path),
    ['sqlite/nescordbot.db'],
  );
  assert.equal(entry.sidecar?.manifest.chromaVersion, null);
  const refused = { code: 'busy', message: /A bot is running on this volume.*stop the bot/ };
  await assert.rejects(shell.manager.restore(entry.name, PERSON), refused);
  await assert.rejects(openBackupShell(config, { log, restores: true }), refused);
});

test('a shell command does not open what a bot is exchanging, and puts right what a crash left', async (t) => {
  const config = parseConfig(environmentOf(foldersIn(realpathSync(tempFolder(t)))));
  await teach(config, 'lighthouse');
  const journal = {
    format: 1,
    id: '20261121t093005-1a2b3c4d',
    backup: 'b',
    safety: 's',
    startedAt: 0,
    confirmed: false,
    before: {},
  };
  writeFileSync(journalFileOf(config), JSON.stringify(journal));
  const bot = openVolumeLock(config.database.file);
  await assert.rejects(titles(config), { code: 'busy', message: /restoring a backup.*try again/ });
  bot[Symbol.dispose]();
  assert.deepEqual(await titles(config), ['lighthouse']);
});
