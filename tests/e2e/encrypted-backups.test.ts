import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTarZst } from '../../src/adapters/archive/format.ts';
import { createAgeCipher } from '../../src/adapters/age/cipher.ts';
import { createFolderVault } from '../../src/adapters/folder-vault/vault.ts';
import { openBackupShell } from '../../src/app/backup-shell.ts';
import { checkKey } from '../../src/app/key-check.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { parseConfig } from '../../src/config.ts';
import { loadEnvFile } from '../../src/config/env-file.ts';
import { isAppError, wordsIn, type Words } from '../../src/errors.ts';
import { aliceKey, aliceVariables } from '../support/age-keys.ts';
import { openTestApp } from '../support/app.ts';
import { teachApp } from '../support/app-person.ts';
import { MANUAL, openRoom } from '../support/backup-room.ts';
import { createTestLog } from '../support/chroma.ts';
import { hashOf } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const BY = { id: '1', name: 'Morgan' };

test('with BACKUP_ENCRYPT_LOCAL every backup lies encrypted, and all that can be done with one is done as ever', async (t) => {
  const root = tempFolder(t);
  const backups = join(root, 'backups');
  for (const name of ['chroma', 'backups']) mkdirSync(join(root, name));
  const env = {
    DATABASE_URL: join(root, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(root, 'chroma'),
    BACKUP_DIRECTORY: backups,
    ...aliceVariables,
  };
  const plainly = await openTestApp(t, { firstLesson: false, env });
  await teachApp(plainly, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const early = await plainly.backups.create({ kind: 'manual', reason: null, by: BY });
  await plainly[Symbol.asyncDispose]();

  const app = await openTestApp(t, { firstLesson: false, env: { ...env, BACKUP_ENCRYPT_LOCAL: 'true' } });
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  const file = join(backups, `${entry.name}.tar.zst.age`);
  assert.equal(entry.state, 'good');
  assert.equal(entry.encrypted, true);
  assert.equal(entry.sidecar?.archive.sha256, hashOf(readFileSync(file)));
  assert.equal(readFileSync(file).toString('latin1', 0, 21), 'age-encryption.org/v1');

  // What is inside is an archive like any other.
  const opened = join(root, 'opened.tar.zst');
  await createAgeCipher({ threads, key: aliceKey }).decrypt(file, opened);
  assert.ok((await createTarZst({ threads }).read(opened)).files.length >= 2);

  const drilled = await app.backups.verify(entry.name, { drill: true });
  assert.deepEqual(drilled.sidecar?.drilled?.problems, []);
  assert.deepEqual((await app.backups.preview(early.entry.name)).documentsLost, { count: 1, titles: ['ferry'] });
  const back = await app.backups.restore(early.entry.name, BY); // one from before it was switched on
  assert.equal(back.documents, 1);
  assert.equal(back.safety.encrypted, true);
  const again = await app.backups.restore(entry.name, BY);
  assert.equal(again.documents, 2);
  assert.deepEqual(
    (await app.backups.list()).map(({ encrypted = false, state }) => [encrypted, state]),
    [
      [true, 'good'],
      [true, 'good'],
      [true, 'good'],
      [false, 'good'],
    ],
  );
  await app.backups.delete(back.safety.name);
  const left = readdirSync(backups).filter((name) => /tar|work|partial/.test(name));
  assert.equal(left.filter((name) => name.endsWith('.tar.zst')).length, 1, 'no readable archive but the early one');
  assert.equal(left.length, 3, left.join(', '));

  // A byte that is another is found, by the name of the file that is there.
  const bytes = readFileSync(file);
  bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  assert.equal((await app.backups.verify(entry.name)).state, 'damaged');
  await app[Symbol.asyncDispose]();

  // Without the key, it is listed, and whoever wants to read it is told what is missing.
  const { BACKUP_AGE_RECIPIENTS, BACKUP_AGE_IDENTITY, ...keyless } = env;
  assert.ok(BACKUP_AGE_RECIPIENTS !== '' && BACKUP_AGE_IDENTITY !== '');
  await using shell = await openBackupShell(parseConfig(keyless), { log: createTestLog() });
  const [newest] = await shell.manager.list();
  assert.equal(newest?.encrypted, true);
  await assert.rejects(
    shell.manager.verify(newest.name),
    (error) => isAppError(error, 'config') && /has no key\. Set BACKUP_AGE_PASSPHRASE/.test(error.message),
  );
  assert.equal((await shell.manager.show(newest.name)).state, 'good', 'it is not taken for damaged');
});

test('a start says when the newest copies are of another key, and nothing when they can be read', async (t) => {
  const VAULT_DIRECTORY = tempFolder(t);
  const room = await openRoom(t);
  const { entry } = await room.manager.create(MANUAL);
  const packing = createPacking({ cipher: createAgeCipher({ threads, key: aliceKey }), scratchFolder: tempFolder(t) });
  await using packed = await packing.pack(entry, room.parts.catalogue.archiveFile(entry.name));
  const vault = createFolderVault({ directory: VAULT_DIRECTORY, memory: join(tempFolder(t), 'memory') });
  await vault.put(packed.copy, packed.file);

  const said = async (keys: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const lines: string[] = [];
    const config = parseConfig({ DATA_DIR: tempFolder(t), VAULT_DIRECTORY, ...keys });
    const alerts = { announce: (words: Words) => void lines.push(wordsIn('en', words)) };
    const { signal } = new AbortController();
    await checkKey(config, { threads, alerts, log: createTestLog(), clock: Date.now, signal });
    return lines;
  };
  const { BACKUP_AGE_RECIPIENTS } = aliceVariables;
  assert.deepEqual(await said(aliceVariables), []);
  assert.deepEqual(await said({ BACKUP_AGE_RECIPIENTS }), [], 'without a secret key it is meant to be so');
  assert.deepEqual(await said({}), []);
  const [words = '', ...more] = await said({ BACKUP_AGE_PASSPHRASE: 'correct horse battery staple' });
  assert.match(words, /The newest copy in \/\S+ cannot be read with the key that is set now/);
  assert.deepEqual(more, []);
});

test('a bot whose passphrase was cut off at # until now opens the backups of then with the whole one', async (t) => {
  const root = tempFolder(t);
  const written = 'correct horse battery#staple 42!';
  const backups = join(root, 'backups');
  for (const name of ['chroma', 'backups']) mkdirSync(join(root, name));
  const env = {
    DATABASE_URL: join(root, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(root, 'chroma'),
    BACKUP_DIRECTORY: backups,
    BACKUP_ENCRYPT_LOCAL: 'true',
  };
  // What the parser made of the line without quotation marks.
  const file = join(root, '.env');
  writeFileSync(file, `BACKUP_AGE_PASSPHRASE=${written}\n`);
  const before = { ...env };
  loadEnvFile(file, before);
  const cut = await openTestApp(t, { firstLesson: false, env: before });
  await teachApp(cut, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { entry } = await cut.backups.create({ kind: 'manual', reason: null, by: BY });
  await cut[Symbol.asyncDispose]();

  writeFileSync(file, `BACKUP_AGE_PASSPHRASE='${written}'\n`);
  const after: Record<string, string> = { ...env };
  loadEnvFile(file, after);
  assert.equal(after['BACKUP_AGE_PASSPHRASE'], written);
  const app = await openTestApp(t, { firstLesson: false, env: after });
  assert.equal((await app.backups.verify(entry.name)).state, 'good');
  assert.equal((await app.backups.restore(entry.name, BY)).documents, 1);
  const { entry: next } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  await app[Symbol.asyncDispose]();

  // From now on it is the whole one alone that opens them.
  const opened = join(root, 'opened.tar.zst');
  const key = { passphrase: written, recipients: [], identities: [] };
  await createAgeCipher({ threads, key }).decrypt(join(backups, `${next.name}.tar.zst.age`), opened);
  await assert.rejects(
    createAgeCipher({ threads, key }).decrypt(join(backups, `${entry.name}.tar.zst.age`), opened),
    (error) => isAppError(error, 'forbidden'),
  );
});
