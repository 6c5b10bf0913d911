import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createGitLfsVault, type GitLfsVaultOptions } from '../../src/adapters/git-lfs/vault.ts';
import { isAppError, type ErrorCode } from '../../src/errors.ts';
import { commitOnServer, gitOn, openLfsServer, TOKEN, whyNoGitLfs, type LfsServer } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { makeCopy } from '../support/vault-stage.ts';

const skip = whyNoGitLfs() ?? false;
const SIZE_BYTES = 1_000_000;

interface Stage {
  readonly server: LfsServer;
  readonly folder: string;
  readonly open: (changes?: Partial<GitLfsVaultOptions>) => ReturnType<typeof createGitLfsVault>;
}

async function openStage(t: TestContext): Promise<Stage> {
  const server = await openLfsServer(t);
  const folder = tempFolder(t);
  const place = { repository: server.url, branch: 'main', token: TOKEN, folder, idleMs: 60_000, commandMs: 120_000 };
  return { server, folder, open: (changes = {}) => createGitLfsVault({ ...place, ...changes }) };
}

const show = ({ server }: Stage, path: string) => gitOn(server.repository, ['cat-file', 'blob', `main:${path}`]);
const fails = (work: Promise<unknown>, code: ErrorCode, words: RegExp) =>
  assert.rejects(work, (error) => isAppError(error, code) && words.test(error.message));

test(
  'the first push into an empty repository makes its layout: attributes, pointer, note and index',
  { skip },
  async (t) => {
    const stage = await openStage(t);
    const vault = stage.open();
    const { copy, file } = makeCopy(t, SIZE_BYTES);
    await vault.put(copy, file);
    const paths = (await gitOn(stage.server.repository, ['ls-tree', '-r', '--name-only', 'main'])).trim().split('\n');
    const { name, fileName } = copy;
    const expected = ['.gitattributes', 'README.md', `backups/${name}.manifest.json`, `backups/${fileName}`];
    assert.deepEqual(paths, expected);
    assert.match(await show(stage, '.gitattributes'), /^backups\/\*\.tar\.zst filter=lfs diff=lfs merge=lfs -text$/m);
    assert.match(
      await show(stage, `backups/${fileName}`),
      new RegExp(`oid sha256:${copy.sha256}\nsize ${SIZE_BYTES}\n`),
    );
    assert.equal(await show(stage, `backups/${name}.manifest.json`), copy.note);
    const readme = await show(stage, 'README.md');
    assert.ok(readme.includes(`[${fileName}](backups/${fileName})`) && readme.includes(copy.sha256), readme);
    assert.match(vault.label, /mika\/bot-data \(main\)$/);
  },
);

test('a person with plain git and git-lfs gets the archive back', { skip }, async (t) => {
  const stage = await openStage(t);
  const { copy, file, bytes } = makeCopy(t, SIZE_BYTES);
  await stage.open().put(copy, file);
  const clone = join(tempFolder(t), 'clone');
  const url = new URL(stage.server.url);
  url.username = 'x-access-token';
  url.password = TOKEN;
  const filters = ['filter.lfs.smudge=git-lfs smudge -- %f', 'filter.lfs.required=true'].flatMap((it) => ['-c', it]);
  await gitOn(tempFolder(t), [...filters, 'clone', '--quiet', url.href, clone]);
  assert.deepEqual(readFileSync(join(clone, 'backups', copy.fileName)), bytes);
});

test('each backup is one commit that says what and why, on one line whatever the reason holds', { skip }, async (t) => {
  const stage = await openStage(t);
  const one = makeCopy(t, SIZE_BYTES, { message: 'manual backup by Mika: before\n\nRemove everything \u0007' });
  const two = makeCopy(t, SIZE_BYTES);
  await stage.open().put(one.copy, one.file);
  await stage.open().put(two.copy, two.file);
  await stage.open().put(two.copy, two.file);
  await stage.open().delete([one.copy.name, two.copy.name]);
  const log = await gitOn(stage.server.repository, ['log', '--format=%s', 'main']);
  assert.deepEqual(log.trim().split('\n'), [
    `Remove 2 backups: ${one.copy.name} and others`,
    `Add ${two.copy.name}: ${two.copy.message}`,
    `Add ${one.copy.name}: manual backup by Mika: before Remove everything`,
  ]);
});

test('files of others in the root, and what they say, stay as they are', { skip }, async (t) => {
  const stage = await openStage(t);
  await commitOnServer(stage.server.repository, 'README.md', '# Our data\n');
  await commitOnServer(stage.server.repository, '.gitattributes', '*.png binary\n');
  await commitOnServer(stage.server.repository, 'large.txt', 'x'.repeat(2_000_000));
  await commitOnServer(stage.server.repository, '.lfsconfig', '[lfs]\n\turl = https://evil.example.org/\n');
  const { copy, file } = makeCopy(t, SIZE_BYTES);
  await stage.open().put(copy, file);
  assert.equal(await show(stage, 'README.md'), '# Our data\n');
  assert.equal(await show(stage, '.gitattributes'), '*.png binary\n');
  assert.match(await show(stage, 'backups/.gitattributes'), /^\*\.tar\.zst filter=lfs/);
  assert.match(await show(stage, 'backups/README.md'), /Backups of NescordBot/);
  assert.equal((await show(stage, 'large.txt')).length, 2_000_000);
  assert.equal((await stage.open().readBack(copy)).sha256, copy.sha256);
});

test(
  'nothing of any backup stays on this machine, and an upload takes no room beside the archive',
  { skip },
  async (t) => {
    const stage = await openStage(t);
    const sizes: number[] = [];
    const made = Array.from({ length: 4 }, () => makeCopy(t, SIZE_BYTES));
    for (const { copy, file } of made) {
      stage.server.onUpload = () => void sizes.push(sizeOf(stage.folder));
      await stage.open().put(copy, file);
      assert.deepEqual(readdirSync(stage.folder), []);
    }
    await stage.open().list();
    await stage.open().usage();
    assert.deepEqual(readdirSync(stage.folder), []);
    assert.equal(sizes.length, 4);
    assert.ok(Math.max(...sizes) < 200_000, `${Math.max(...sizes)} bytes besides the archive`);
  },
);

/** Bytes of the files below that no other name has. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, String(name)), { throwIfNoEntry: false }))
    .reduce((sum, found) => sum + (found?.isFile() === true && found.nlink === 1 ? found.size : 0), 0);
}

test('the token is in no process list, file, address, log or error', { skip }, async (t) => {
  const stage = await openStage(t);
  const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
  const seen: string[] = [];
  const modes = new Set<number>();
  let git = 0;
  let files = 0;
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const line = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      seen.push(line);
      if (!/^git|git-lfs|git-remote/.test(line) || !line.includes('\0')) continue;
      git += 1;
      modes.add(attempt(() => statSync(`/proc/${pid}/environ`).mode & 0o077, 0));
    }
    // Folders come and go under our eyes; the next look sees the rest.
    for (const name of attempt(() => readdirSync(stage.folder, { recursive: true }), [])) {
      files += 1;
      seen.push(
        String(name),
        attempt(() => readFileSync(join(stage.folder, String(name)), 'latin1')),
      );
    }
  };
  stage.server.trouble = 'slow';
  const sampling = setInterval(look, 5);
  t.after(() => clearInterval(sampling));
  stage.server.onUpload = look;
  const { copy, file } = makeCopy(t, SIZE_BYTES);
  await stage.open().put(copy, file);
  await stage.open().readBack(copy);
  clearInterval(sampling);
  for (const trouble of ['read-only', 'rate-limit', 'full'] as const) {
    stage.server.trouble = trouble;
    const other = makeCopy(t, 1000);
    const error: unknown = await stage
      .open()
      .put(other.copy, other.file)
      .catch((error: unknown) => error);
    assert.ok(isAppError(error));
    seen.push(JSON.stringify(error.words), String(error.stack), String((error.cause as Error).stack));
  }
  assert.ok(git > 0 && files > 0, `${git} samples of git and ${files} of files were taken`);
  const found = seen.filter((text) => text.includes(TOKEN) || text.includes(basic));
  assert.deepEqual(found, []);
  assert.deepEqual([...modes], [0], "the kernel shows a process's environment to its own user only");
  assert.deepEqual(stage.server.leaked, [], 'the storage host got the token');
  assert.ok(!stage.server.requests.some((line) => line.includes(TOKEN)));
});

function attempt<T>(read: () => T, otherwise: T = '' as T): T {
  try {
    return read();
  } catch {
    return otherwise; // it ended or was removed meanwhile
  }
}

test(
  'what GitHub says is told apart: read-only token, no such repository, quota, too many requests, wrong host',
  { skip },
  async (t) => {
    const stage = await openStage(t);
    const { copy, file } = makeCopy(t, 1000);
    stage.server.trouble = 'read-only';
    await fails(stage.open().put(copy, file), 'forbidden', /Contents: Read and write/);
    stage.server.trouble = 'full';
    await fails(stage.open().put(copy, file), 'limit', /Git LFS quota.*never frees/);
    stage.server.trouble = 'rate-limit';
    await fails(stage.open().put(copy, file), 'unavailable', /fewer requests/);
    stage.server.trouble = null;
    const elsewhere = stage.open({ repository: stage.server.url.replace('bot-data', 'other-data') });
    await fails(elsewhere.list(), 'forbidden', /Create the repository, check GITHUB_DATA_REPO/);
    await fails(
      stage.open({ repository: 'http://127.0.0.1:9/mika/bot-data' }).list(),
      'unavailable',
      /cannot be reached/,
    );
    assert.throws(
      () => stage.open({ repository: 'https://mika:secret@github.com/mika/bot-data' }),
      /without user name/,
    );
  },
);

test('what is used counts every copy that ever was, on every branch', { skip }, async (t) => {
  const stage = await openStage(t);
  const [one, two, three] = [makeCopy(t, SIZE_BYTES), makeCopy(t, SIZE_BYTES), makeCopy(t, SIZE_BYTES)];
  await stage.open().put(one.copy, one.file);
  await stage.open().put(two.copy, two.file);
  await stage.open({ branch: 'other' }).put(three.copy, three.file);
  await stage.open().delete([one.copy.name, two.copy.name]);
  assert.deepEqual(await stage.open().list(), []);
  assert.deepEqual(await stage.open().usage(), { usedBytes: 3 * SIZE_BYTES, limitBytes: null });
  const limitBytes = 5e9;
  assert.deepEqual(await stage.open({ limitBytes }).usage(), { usedBytes: 3 * SIZE_BYTES, limitBytes });
  assert.match(stage.open({ repository: 'mika/bot-data' }).label, /^GitHub mika\/bot-data \(main\)$/);
});

test('a repository on another disk does, too, with no token', { skip }, async (t) => {
  const stage = await openStage(t);
  const vault = stage.open({ repository: pathToFileURL(stage.server.repository).href, token: null });
  const { copy, file, bytes } = makeCopy(t, SIZE_BYTES);
  await vault.put(copy, file);
  const fetched = join(tempFolder(t), 'fetched');
  await vault.get(copy, fetched);
  assert.deepEqual(readFileSync(fetched), bytes);
  assert.equal((await vault.list()).length, 1);
});

test('six machines that push at once all get their commit in', { skip }, async (t) => {
  const stage = await openStage(t);
  const made = Array.from({ length: 6 }, () => makeCopy(t, 1000));
  await Promise.all(made.map(({ copy, file }) => stage.open().put(copy, file)));
  assert.equal((await stage.open().list()).length, 6);
  const log = await gitOn(stage.server.repository, ['rev-list', '--count', 'main']);
  assert.equal(log.trim(), '6');
});
