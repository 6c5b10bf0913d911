import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { createAgeCipher } from '../../src/adapters/age/cipher.ts';
import type { Cipher } from '../../src/backup/crypt-ports.ts';
import { parseVaultNote } from '../../src/backup/vault/note.ts';
import { createPacking, type PackingOptions } from '../../src/backup/vault/packing.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import type { VaultCopy } from '../../src/backup/vault-ports.ts';
import { isAppError, type ErrorCode } from '../../src/errors.ts';
import { ALICE } from '../support/age-keys.ts';
import { ALICE as BY, openRoom } from '../support/backup-room.ts';
import { hashOf } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const key = (change: Partial<{ passphrase: string; recipients: string[]; identities: string[] }>) =>
  createAgeCipher({ threads, key: { passphrase: null, recipients: [], identities: [], ...change } });
const toAlice = key({ recipients: [ALICE.recipient], identities: [ALICE.identity] });
const blind = key({ recipients: [ALICE.recipient] });
const byPassphrase = key({ passphrase: 'correct horse battery staple' });

let made: { readonly entry: BackupEntry; readonly file: string };

before(async (t) => {
  const { manager, parts } = await openRoom(t as TestContext);
  const { entry } = await manager.create({ kind: 'manual', reason: 'before the\nclean-up', by: BY });
  made = { entry, file: parts.catalogue.archiveFile(entry.name) };
});

function packingIn(t: TestContext, cipher: Cipher | null, options: Partial<PackingOptions> = {}) {
  const folder = tempFolder(t);
  const scratchFolder = join(folder, 'scratch');
  return { folder, scratchFolder, ...createPacking({ cipher, scratchFolder, ...options }) };
}

const stored = ({ name, fileName, sizeBytes, sha256, note }: VaultCopy) => ({
  name,
  fileName,
  sizeBytes,
  sha256,
  note,
});
const fails = (code: ErrorCode, work: Promise<unknown>) =>
  assert.rejects(work, (error) => {
    assert.ok(isAppError(error, code), String(error));
    return true;
  });

test('without a key, a backup leaves as it is, and its note says what it is and why', async (t) => {
  const packing = packingIn(t, null);
  await using packed = await packing.pack(made.entry, made.file);
  const { archive } = made.entry.sidecar ?? assert.fail();
  assert.equal(packed.file, made.file);
  assert.equal(packed.copy.fileName, `${made.entry.name}.tar.zst`);
  assert.deepEqual([packed.copy.sizeBytes, packed.copy.sha256], [archive.sizeBytes, archive.sha256]);
  assert.equal(packed.copy.message, 'manual backup by alice: before the clean-up');
  const note = parseVaultNote(packed.copy.note);
  assert.equal(note?.reason, 'before the\nclean-up');
  assert.equal(note.archiveSha256, archive.sha256);
  assert.equal(note.verified, true);
  assert.equal(note.documents, 0);
  assert.equal(note.encryption, null);
  assert.equal(existsSync(packing.scratchFolder), false);
  await packing.check(stored(packed.copy));
});

test('with a key it leaves encrypted, tells nobody what people wrote, and comes back byte for byte', async (t) => {
  for (const cipher of [toAlice, byPassphrase]) {
    const packing = packingIn(t, cipher);
    const packed = await packing.pack(made.entry, made.file);
    const { copy, file } = packed;
    assert.equal(copy.fileName, `${made.entry.name}.tar.zst.age`);
    assert.deepEqual([copy.sizeBytes, copy.sha256], [statSync(file).size, hashOf(readFileSync(file))]);
    assert.doesNotMatch(`${copy.note}${copy.message}`, /alice|clean-up|100000000000000001/);
    assert.equal(parseVaultNote(copy.note)?.archiveSha256, made.entry.sidecar?.archive.sha256);
    const fetched = join(packing.folder, copy.fileName);
    await copyFile(file, fetched);
    await packed[Symbol.asyncDispose]();
    assert.deepEqual(readdirSync(packing.scratchFolder), []);

    await packing.check(stored(copy));
    const back = join(packing.folder, 'back.tar.zst');
    await packing.open(copy, fetched, back);
    assert.deepEqual(readFileSync(back), readFileSync(made.file));
    assert.equal(existsSync(fetched), false, 'what was fetched is used up');
  }
});

test('another key, or none, is said before anything is fetched; and when a note tells nothing, by the file', async (t) => {
  const packing = packingIn(t, toAlice);
  await using packed = await packing.pack(made.entry, made.file);
  const copy = stored(packed.copy);
  const other = packingIn(t, byPassphrase);
  await fails('forbidden', other.check(copy));
  await fails('config', packingIn(t, null).check(copy));
  await fails('config', packingIn(t, blind).check(copy));
  for (const note of [null, 'not ours', copy.note.replace(/"header": ".{40}/, '"header": "!')]) {
    await other.check({ ...copy, note });
    await fails('config', packingIn(t, null).check({ ...copy, note }));
  }
  const fetched = join(other.folder, copy.fileName);
  for (const to of ['back.tar.zst', 'back.tar.zst.age']) {
    await copyFile(packed.file, fetched);
    await mkdir(other.scratchFolder, { recursive: true });
    await fails('forbidden', other.open(copy, fetched, join(other.folder, to)));
    assert.equal(existsSync(join(other.folder, to)), false);
  }
});

test('a note whose header was changed is refused, not believed', async (t) => {
  const packing = packingIn(t, toAlice);
  await using packed = await packing.pack(made.entry, made.file);
  const { encryption = null } = parseVaultNote(packed.copy.note) ?? {};
  const header = Buffer.from(encryption?.header ?? '', 'base64');
  const cut = header.subarray(0, 60).toString('base64');
  const note = packed.copy.note.replace(header.toString('base64'), cut);
  await fails('damaged', packing.check({ ...stored(packed.copy), note }));
});

test('an archive that has changed since it was verified is not encrypted into a copy', async (t) => {
  const packing = packingIn(t, toAlice);
  const rotten = join(packing.folder, `${made.entry.name}.tar.zst`);
  const bytes = readFileSync(made.file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(rotten, bytes);
  await fails('damaged', packing.pack(made.entry, rotten));
  assert.deepEqual(readdirSync(packing.scratchFolder), []);
});

test('without room, cancelled, or without a sidecar, nothing is packed and nothing is left', async (t) => {
  const full = packingIn(t, toAlice, { freeBytes: async () => 1000 });
  await assert.rejects(full.pack(made.entry, made.file), /are missing/);
  const packing = packingIn(t, toAlice);
  await fails('aborted', packing.pack(made.entry, made.file, { signal: AbortSignal.abort() }));
  await fails('conflict', packing.pack({ ...made.entry, sidecar: null }, made.file));
  assert.deepEqual(readdirSync(packing.scratchFolder), []);
});

test('what a crash left is taken away, and nothing else', async (t) => {
  const packing = packingIn(t, toAlice);
  await packing.clean();
  const left = join(packing.scratchFolder, '.work-0b0e1d4a-7f0c-4a53-9f05-0a5b3f4b6a11');
  await mkdir(left, { recursive: true });
  writeFileSync(join(left, 'half.age'), 'half');
  writeFileSync(join(packing.scratchFolder, 'ledger-s3.json'), '{}');
  await packing.clean();
  assert.deepEqual(readdirSync(packing.scratchFolder), ['ledger-s3.json']);
});

test('an archive that is encrypted on this machine leaves as it is, and one that is not is encrypted on its way in', async (t) => {
  const packing = packingIn(t, toAlice);
  const local = join(packing.folder, `${made.entry.name}.tar.zst.age`);
  const written = await toAlice.encrypt(made.file, local);
  const sidecar = { ...(made.entry.sidecar ?? assert.fail()), archive: written };
  await using packed = await packing.pack({ ...made.entry, sidecar }, local);
  assert.equal(packed.file, local);
  assert.deepEqual([packed.copy.sizeBytes, packed.copy.sha256], [written.sizeBytes, written.sha256]);
  await packing.check(stored(packed.copy));

  const fetched = join(packing.folder, 'fetched');
  await copyFile(made.file, fetched);
  await mkdir(packing.scratchFolder);
  const into = join(packing.folder, 'in.tar.zst.age');
  await packing.open({ fileName: `${made.entry.name}.tar.zst` }, fetched, into);
  const back = join(packing.folder, 'back');
  await toAlice.decrypt(into, back);
  assert.deepEqual(readFileSync(back), readFileSync(made.file));
});

test('an archive that stays encrypted when the key is gone tells nobody what people wrote, either', async (t) => {
  const packing = packingIn(t, null);
  const local = join(packing.folder, `${made.entry.name}.tar.zst.age`);
  const written = await toAlice.encrypt(made.file, local);
  const sidecar = { ...(made.entry.sidecar ?? assert.fail()), archive: written };
  await using packed = await packing.pack({ ...made.entry, sidecar }, local);
  assert.doesNotMatch(`${packed.copy.note}${packed.copy.message}`, /alice|clean-up/);
  assert.equal(parseVaultNote(packed.copy.note)?.encryption, null);
  await packingIn(t, toAlice).check(stored(packed.copy));
});

test('archive and note that were copied back by hand are a backup that has not been verified yet', async (t) => {
  const packing = packingIn(t, null);
  await using packed = await packing.pack(made.entry, made.file);
  const room = await openRoom(t);
  await copyFile(packed.file, join(room.folder, packed.copy.fileName));
  writeFileSync(join(room.folder, `${made.entry.name}.manifest.json`), packed.copy.note);
  assert.equal((await room.manager.show(made.entry.name)).state, 'unverified');
  assert.equal((await room.manager.verify(made.entry.name)).state, 'good');
  const { sidecar } = await room.manager.show(made.entry.name);
  assert.deepEqual(sidecar?.manifest.files, made.entry.sidecar?.manifest.files);
});

test('a note of somebody else, or with a field that is wrong, is none', async (t) => {
  const packing = packingIn(t, null);
  await using packed = await packing.pack(made.entry, made.file);
  const good = JSON.parse(packed.copy.note) as Record<string, unknown>;
  assert.ok(parseVaultNote(JSON.stringify({ ...good, later: 'more' })) !== null, 'a later version may add something');
  const wrong = [
    { format: 2 },
    { name: '../../etc/passwd' },
    { archiveSha256: 'zz' },
    { archiveSizeBytes: -1 },
    { drilled: 'yes' },
    { kind: 'other' },
    { encryption: { kind: 'rot13', header: 'AAAA' } },
  ];
  for (const change of wrong) assert.equal(parseVaultNote(JSON.stringify({ ...good, ...change })), null);
  for (const text of [null, '', '[]', 'null', '{', ' '.repeat(300_000)]) assert.equal(parseVaultNote(text), null);
});
