import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isAppError, type ErrorCode } from '../../src/errors.ts';
import { openSmallDisk } from '../support/small-disk.ts';
import { tempFolder } from '../support/temp-store.ts';
import { makeCopy, type TestCopy, type VaultStage } from '../support/vault-stage.ts';

export interface VaultContract {
  /** Of the archives: enough for a transfer to be cut in the middle. */
  readonly sizeBytes: number;
  readonly skip?: string | undefined;
  readonly open: (t: TestContext) => Promise<VaultStage>;
}

/** What every vault does, whatever it is made of. */
export function describeVault(name: string, { open, sizeBytes, skip }: VaultContract): void {
  const contract = (words: string, run: (t: TestContext, stage: VaultStage) => Promise<void>): void =>
    void test(`${name}: ${words}`, { skip: skip ?? false }, async (t) => run(t, await open(t)));
  const put = async ({ vault }: VaultStage, t: TestContext): Promise<TestCopy> => {
    const made = makeCopy(t, sizeBytes);
    await vault.put(made.copy, made.file);
    return made;
  };
  const names = async ({ vault }: VaultStage) => (await vault.list()).map((copy) => copy.name);

  async function fails(code: ErrorCode, { secrets }: VaultStage, work: Promise<unknown>): Promise<void> {
    await assert.rejects(work, (error) => {
      assert.ok(isAppError(error), String(error));
      assert.equal(error.code, code, error.message);
      const told = JSON.stringify([error.words, error.message, error.stack, String(error.cause)]);
      for (const secret of secrets) assert.ok(!told.includes(secret), told);
      return true;
    });
  }

  contract('what was put comes back byte for byte, with its note, newest first', async (t, stage) => {
    const [first, second] = [await put(stage, t), await put(stage, t)];
    const listed = await stage.vault.list();
    assert.deepEqual(
      listed.map((copy) => copy.name),
      [second.copy.name, first.copy.name],
    );
    const { note, sizeBytes: size, sha256, fileName } = first.copy;
    assert.deepEqual(listed[1], { name: first.copy.name, fileName, sizeBytes: size, sha256, note });
    const file = join(tempFolder(t), 'fetched');
    const seen: number[] = [];
    const onProgress = (progress: { doneBytes: number }) => void seen.push(progress.doneBytes);
    assert.deepEqual(await stage.vault.get(first.copy, file, { onProgress }), listed[1]);
    assert.deepEqual(readFileSync(file), first.bytes);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(seen.at(-1), size);
    assert.deepEqual(await stage.vault.readBack(first.copy), { sizeBytes: size, sha256 });
    assert.deepEqual(await stage.another().list(), listed);
  });

  contract('an empty vault lists nothing, and what is not there is not found', async (t, stage) => {
    assert.deepEqual(await stage.vault.list(), []);
    const name = 'nescordbot_backup_20200101_000000';
    const missing = { name, fileName: `${name}.tar.zst` };
    await fails('not_found', stage, stage.vault.get(missing, join(tempFolder(t), 'x')));
    await fails('not_found', stage, stage.vault.readBack(missing));
    await stage.vault.delete([name]);
    await stage.vault.delete([]);
  });

  contract('the same again changes nothing; other bytes under the same name are refused', async (t, stage) => {
    const { copy, file } = await put(stage, t);
    await stage.vault.put(copy, file);
    const other = makeCopy(t, sizeBytes, { name: copy.name, fileName: copy.fileName });
    await fails('conflict', stage, stage.another().put(other.copy, other.file));
    assert.deepEqual((await stage.vault.readBack(copy)).sha256, copy.sha256);
    assert.deepEqual(await names(stage), [copy.name]);
  });

  contract('a backup that is there encrypted and not is listed, read and fetched in each form', async (t, stage) => {
    const plain = await put(stage, t);
    const { name } = plain.copy;
    const sealed = makeCopy(t, sizeBytes, { name, fileName: `${name}.tar.zst.age` });
    await stage.vault.put(sealed.copy, sealed.file);
    for (const { copy, file } of [plain, sealed]) {
      const { fileName, sha256 } = copy;
      assert.ok((await stage.vault.list()).some((one) => one.fileName === fileName && one.sha256 === sha256));
      assert.equal((await stage.vault.readBack(copy)).sha256, sha256);
      const fetched = join(tempFolder(t), 'fetched');
      await stage.vault.get(copy, fetched);
      assert.deepEqual(readFileSync(fetched), readFileSync(file));
    }
    await stage.vault.delete([name]);
    assert.deepEqual(await stage.vault.list(), []);
  });

  contract('several are deleted at a time, with everything that belongs to them', async (t, stage) => {
    const made = [await put(stage, t), await put(stage, t), await put(stage, t)];
    const [one, two, three] = made.map(({ copy }) => copy.name);
    assert.ok(made[0] !== undefined && one !== undefined && two !== undefined && three !== undefined);
    await stage.vault.delete([one, three, 'nescordbot_backup_20200101_000000']);
    assert.deepEqual(await names(stage), [two]);
    const left = (await stage.files()).filter((file) => file.includes(one) || file.includes(three));
    assert.deepEqual(left, []);
    await fails('not_found', stage, stage.vault.readBack(made[0].copy));
  });

  contract('an upload that is cut off is not listed, and the next one brings it', async (t, stage) => {
    const { copy, file } = makeCopy(t, sizeBytes);
    const before = await put(stage, t);
    stage.cut();
    await fails('unavailable', stage, stage.vault.put(copy, file));
    stage.heal();
    assert.deepEqual(await names(stage), [before.copy.name]);
    assert.deepEqual(await stage.leftovers(), []);
    await stage.vault.put(copy, file);
    assert.equal((await stage.vault.readBack(copy)).sha256, copy.sha256);
  });

  contract('a download that is cut off leaves no file, and the next one brings it', async (t, stage) => {
    const { copy, bytes } = await put(stage, t);
    const file = join(tempFolder(t), 'fetched');
    stage.cut();
    await fails('unavailable', stage, stage.vault.get(copy, file));
    stage.heal();
    assert.deepEqual(readdirSync(dirname(file)), []);
    await stage.vault.get(copy, file);
    assert.deepEqual(readFileSync(file), bytes);
  });

  contract('what stands still is given up, up and down', async (t, stage) => {
    const stored = await put(stage, t);
    const { copy, file } = makeCopy(t, sizeBytes);
    const fetched = join(tempFolder(t), 'fetched');
    stage.hang();
    await fails('unavailable', stage, stage.impatient.put(copy, file));
    await fails('unavailable', stage, stage.impatient.get(stored.copy, fetched));
    await fails('unavailable', stage, stage.impatient.readBack(stored.copy));
    stage.heal();
    assert.ok(!existsSync(fetched));
    assert.deepEqual(await names(stage), [stored.copy.name]);
  });

  contract('cancelling ends the transfer and leaves nothing behind', async (t, stage) => {
    const stored = await put(stage, t);
    const { copy, file } = makeCopy(t, sizeBytes);
    const folder = tempFolder(t);
    stage.hang();
    const soon = () => AbortSignal.timeout(150);
    await fails('aborted', stage, stage.vault.put(copy, file, { signal: soon() }));
    await fails('aborted', stage, stage.vault.get(stored.copy, join(folder, 'fetched'), { signal: soon() }));
    await fails('aborted', stage, stage.vault.readBack(stored.copy, { signal: AbortSignal.abort() }));
    await fails('aborted', stage, stage.vault.list(AbortSignal.abort()));
    stage.heal();
    assert.deepEqual(await stage.leftovers(), []);
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(await names(stage), [stored.copy.name]);
  });

  contract('wrong credentials are said to be wrong, and not shown', async (t, stage) => {
    const { copy, file } = await put(stage, t);
    const other = makeCopy(t, sizeBytes);
    await fails('forbidden', stage, stage.refused.put(other.copy, other.file));
    if (stage.vault.name === 'folder') return; // where nobody may write, there is nothing to read
    await fails('forbidden', stage, stage.refused.list());
    await fails('forbidden', stage, stage.refused.get(copy, file));
    await fails('forbidden', stage, stage.refused.delete([copy.name]));
    assert.deepEqual(await names(stage), [copy.name]);
  });

  contract('a disk of ours that fills up while a copy comes is told from a vault that fails', async (t, stage) => {
    const { copy, file } = await put(stage, t);
    const disk = openSmallDisk(t, 16);
    if (disk === null) return;
    t.after(() => disk.close());
    const fetched = join(disk.folder, 'fetched');
    for (const leaveBytes of [0, 100_000]) {
      disk.fill(leaveBytes);
      await assert.rejects(stage.vault.get(copy, fetched), (error) => {
        assert.ok(isAppError(error, 'limit'), String(error));
        assert.match(error.message, /The disk .*full/);
        assert.ok(!error.message.includes(stage.vault.label), 'it is not the vault that is full');
        return true;
      });
      disk.empty();
      assert.deepEqual(readdirSync(disk.folder), []);
    }
    await stage.vault.get(copy, fetched);
    assert.deepEqual(readFileSync(fetched), readFileSync(file));
  });

  contract('a full vault says so, and what is there stays whole', async (t, stage) => {
    const stored = await put(stage, t);
    const { copy, file } = makeCopy(t, sizeBytes);
    stage.fill();
    await fails('limit', stage, stage.vault.put(copy, file));
    stage.heal();
    assert.deepEqual(await stage.leftovers(), []);
    assert.deepEqual(await names(stage), [stored.copy.name]);
    assert.equal((await stage.vault.readBack(stored.copy)).sha256, stored.copy.sha256);
  });

  contract('two machines that write at once both get through', async (t, stage) => {
    const [one, two] = [makeCopy(t, sizeBytes), makeCopy(t, sizeBytes)];
    await Promise.all([stage.vault.put(one.copy, one.file), stage.another().put(two.copy, two.file)]);
    assert.deepEqual(await names(stage), [two.copy.name, one.copy.name]);
    await stage.vault.delete([one.copy.name]);
    await Promise.all([stage.vault.put(one.copy, one.file), stage.another().put(one.copy, one.file)]);
    for (const { copy } of [one, two]) {
      assert.equal((await stage.vault.readBack(copy)).sha256, copy.sha256);
    }
  });

  contract('files of others are neither listed nor touched', async (t, stage) => {
    const { copy } = await put(stage, t);
    const foreign = [
      'holiday.tar.zst',
      'nescordbot_backup_20261399_000000.tar.zst',
      'nescordbot_backup_20261120_000000.tar.zst.exe',
      'nescordbot_backup_20261120_000000..tar.zst',
      'nescordbot_backup_20261119_000000.manifest.json',
    ];
    for (const file of foreign) await stage.plant(file, 'not ours');
    await stage.plant(`${copy.name}.manifest.json`, `"${'x'.repeat(300_000)}"`);
    const [listed, ...others] = await stage.vault.list();
    assert.equal(listed?.name, copy.name);
    assert.equal(listed.note, null, 'a note that is too long is none');
    assert.deepEqual(others, []);
    await stage.vault.delete([copy.name]);
    const left = await stage.files();
    for (const file of foreign) assert.ok(left.includes(file), file);
  });

  contract('a copy that was changed in the vault is damaged, and is not handed out', async (t, stage) => {
    const { copy } = await put(stage, t);
    await stage.tamper(copy.fileName);
    const file = join(tempFolder(t), 'fetched');
    await fails('damaged', stage, stage.vault.readBack(copy));
    await fails('damaged', stage, stage.vault.get(copy, file));
    assert.deepEqual(readdirSync(dirname(file)), []);
  });

  contract('a file that is not what it is said to be never gets there', async (t, stage) => {
    for (const change of [-1, 0, 1]) {
      const { copy, file, bytes } = makeCopy(t, sizeBytes);
      writeFileSync(file, Buffer.concat([bytes.subarray(1), Buffer.alloc(1 + change)]));
      await fails('damaged', stage, stage.vault.put(copy, file));
    }
    assert.deepEqual(await names(stage), []);
    assert.deepEqual(await stage.leftovers(), []);
  });

  contract('names that lead elsewhere are refused', async (t, stage) => {
    const { copy, file } = makeCopy(t, 10);
    for (const name of ['../../etc/passwd', '', 'nescordbot_backup_20261121_093005/..', 'x'.repeat(5000)]) {
      await fails('invalid', stage, stage.vault.get({ name, fileName: `${name}.tar.zst` }, join(tempFolder(t), 'x')));
      await fails('invalid', stage, stage.vault.readBack({ name, fileName: `${name}.tar.zst` }));
      await fails('invalid', stage, stage.vault.delete([name]));
      await fails('invalid', stage, stage.vault.put({ ...copy, fileName: name }, file));
    }
  });

  contract('an encrypted copy keeps its name and is counted in what is used', async (t, stage) => {
    const before = (await stage.vault.usage())?.usedBytes ?? 0;
    const made = makeCopy(t, sizeBytes);
    const copy = { ...made.copy, fileName: `${made.copy.name}.tar.zst.age` };
    await stage.vault.put(copy, made.file);
    assert.equal((await stage.vault.list())[0]?.fileName, copy.fileName);
    const used = ((await stage.vault.usage())?.usedBytes ?? 0) - before;
    assert.ok(used >= sizeBytes && used < sizeBytes + 10_000, String(used));
  });
}
