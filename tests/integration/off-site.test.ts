import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { createFolderVault } from '../../src/adapters/folder-vault/vault.ts';
import { createGitLfsVault } from '../../src/adapters/git-lfs/vault.ts';
import { createS3Vault } from '../../src/adapters/s3/vault.ts';
import { createOffSite, type RunningOffSite } from '../../src/backup/offsite/offsite.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import type { Vault } from '../../src/backup/vault-ports.ts';
import { ALICE } from '../support/age-keys.ts';
import { MANUAL, openRoom, type TestRoom } from '../support/backup-room.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { openLfsServer, TOKEN, whyNoGitLfs } from '../support/lfs-server.ts';
import { createMemoryPlace, createMemoryVault, holdTransfers } from '../support/memory-vault.ts';
import { HOUR_MS, openOffSiteStage, START } from '../support/off-site-stage.ts';
import { CLI } from '../support/programs.ts';
import { BUCKET, KEYS, openS3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp-store.ts';

const MB = 1_000_000;
const WRONG = 'ghp_WrongTokenOfSomebodyElse987654321';
const PATIENT_MS = 20_000;

interface Real {
  readonly vault: Vault;
  /** The same place, given up soon where it stands still. */
  readonly impatient: Vault;
  readonly refused: Vault;
  readonly server: { trouble: string | null };
  /** How it says that there are too many requests. */
  readonly limited: string;
  readonly secrets: readonly string[];
}

const KINDS: Readonly<
  Record<string, { readonly skip: string | undefined; readonly open: (t: TestContext) => Promise<Real> }>
> = {
  'GitHub and Git LFS': {
    skip: whyNoGitLfs(),
    async open(t) {
      const server = await openLfsServer(t);
      const folder = tempFolder(t);
      const vault = (token: string, idleMs = PATIENT_MS) =>
        createGitLfsVault({ repository: server.url, branch: 'main', token, folder, idleMs, commandMs: 60_000 });
      return {
        vault: vault(TOKEN),
        impatient: vault(TOKEN, 400),
        refused: vault(WRONG),
        server,
        limited: 'rate-limit',
        secrets: [TOKEN, WRONG],
      };
    },
  },
  S3: {
    skip: undefined,
    async open(t) {
      const server = await openS3Server(t);
      const vault = (secretAccessKey: string, idleMs = PATIENT_MS) => {
        const place = { endpoint: server.endpoint, region: 'auto', bucket: BUCKET, prefix: 'bot/' };
        const opened = createS3Vault({ ...place, ...KEYS, secretAccessKey, idleMs });
        t.after(() => opened.close());
        return opened;
      };
      const { secretAccessKey } = KEYS;
      return {
        vault: vault(secretAccessKey),
        impatient: vault(secretAccessKey, 400),
        refused: vault('Wrong/0123456789+abcdefghijklmnopqrstuvw'),
        server,
        limited: 'slow-down',
        secrets: [secretAccessKey],
      };
    },
  },
};

/** One vault or the other, from call to call. */
const changing = ({ name, label }: Vault, now: () => Vault): Vault => ({
  name,
  label,
  put: (...rest) => now().put(...rest),
  list: (...rest) => now().list(...rest),
  readBack: (...rest) => now().readBack(...rest),
  get: (...rest) => now().get(...rest),
  delete: (...rest) => now().delete(...rest),
  usage: (...rest) => now().usage(...rest),
});

for (const [kind, { skip, open }] of Object.entries(KINDS)) {
  test(
    `${kind}: cut off, too many requests, standing still, refused; and everything is there in the end`,
    { skip: skip ?? false },
    async (t) => {
      const { vault, impatient, server, limited, secrets } = await open(t);
      // A busy machine stands still, too: only what the server holds up is given up soon.
      const used = changing(vault, () => (server.trouble === 'hang' ? impatient : vault));
      const stage = await openOffSiteStage(t, { vaults: [{ vault: used, keep: 2 }] });
      const name = await stage.plant(START - 2 * HOUR_MS, { bytes: randomBytes(3 * MB), drilled: true });
      const after = async (trouble: string | null) => {
        server.trouble = trouble;
        const [result] = await stage.offSite.sync();
        const [view] = await stage.offSite.vaults();
        return { said: JSON.stringify(result?.problems), sent: result?.sent, trouble: view?.trouble ?? null };
      };
      const cut = await after('cut');
      assert.equal(cut.trouble?.code, 'unavailable', cut.said);
      const hung = await after('hang');
      assert.match(hung.said, /tried again/);
      const slowed = await after(limited);
      assert.equal(slowed.trouble?.attempts, 3);
      assert.ok((slowed.trouble?.nextAt ?? 0) - stage.now >= 60_000);
      const well = await after(null);
      assert.deepEqual([well.sent, well.said, well.trouble], [[name], '[]', null]);
      assert.equal(
        (await stage.offSite.vaults())[0]?.quota?.usedBytes,
        3 * MB + (kind === 'S3' ? noteBytes(await vault.list()) : 0),
      );

      for (const hours of [1, 0]) await stage.plant(START - hours * HOUR_MS, { bytes: randomBytes(10_000) });
      const one = await stage.plant(START + HOUR_MS, { bytes: randomBytes(10_000) });
      const [later] = await stage.offSite.sync();
      assert.deepEqual(later?.removed, []);
      assert.deepEqual(
        (await vault.list())
          .map((copy) => copy.name)
          .sort()
          .at(0),
        name,
        'the drilled one stays',
      );
      await stage.catalogue.remove(one);
      const fetched = await stage.offSite.fetch(one);
      assert.equal(fetched.sizeBytes, 10_000);
      const written = [
        JSON.stringify(stage.lines),
        readFileSync(join(stage.folder, vault.name, 'ledger.json'), 'utf8'),
      ].join();
      for (const secret of secrets) assert.ok(!written.includes(secret));
    },
  );

  test(
    `${kind}: an expired token is told of at once, without being shown, and that it is over`,
    { skip: skip ?? false },
    async (t) => {
      const { vault, refused, secrets } = await open(t);
      let isExpired = true;
      const renewed = changing(vault, () => (isExpired ? refused : vault));
      const stage = await openOffSiteStage(t, { vaults: [{ vault: renewed, keep: 2 }] });
      await stage.plant(START - HOUR_MS);
      await stage.offSite.sync();
      const [alert] = stage.alerts.open();
      assert.equal(alert?.key, `vault:${vault.name}:refused`);
      assert.match(JSON.stringify(alert.words), vault.name === 'github' ? /GITHUB_TOKEN/ : /S3_ACCESS_KEY_ID/);
      isExpired = false;
      await stage.offSite.sync();
      assert.deepEqual(stage.alerts.open(), []);
      const told = JSON.stringify([alert, stage.lines, await stage.offSite.vaults()]);
      for (const secret of secrets) assert.ok(!told.includes(secret));
    },
  );
}

const noteBytes = (copies: readonly { readonly note: string | null }[]): number =>
  copies.reduce((sum, { note }) => sum + Buffer.byteLength(note ?? ''), 0);

function openOn(t: TestContext, room: TestRoom, vault: Vault): RunningOffSite {
  const offSite = createOffSite({
    vaults: [{ vault, keep: 3 }],
    catalogue: room.parts.catalogue,
    own: room.parts.own,
    packing: (scratchFolder) => createPacking({ cipher: null, scratchFolder }),
    folder: join(room.folder, '.off-site'),
    freeBytes: () => Promise.resolve(1e12),
    readBackBytesPerDay: 0,
    alerts: null,
    intervalMs: () => HOUR_MS,
    later: () => () => undefined,
    clock: room.parts.clock,
    random: () => 0,
    log: room.parts.log,
  });
  t.after(() => offSite.close());
  return offSite;
}

test('a real backup gets to a folder, is read back, and comes back whole when it is gone here', async (t) => {
  const room = await openRoom(t);
  const directory = join(tempFolder(t), 'nas');
  mkdirSync(directory);
  const memory = join(tempFolder(t), 'folder-vault');
  const offSite = openOn(t, room, createFolderVault({ directory, memory }));
  const { entry } = await room.manager.create(MANUAL);
  assert.deepEqual((await offSite.sync())[0]?.sent, [entry.name]);
  await room.parts.catalogue.remove(entry.name);
  assert.equal((await offSite.elsewhere())[0]?.name, entry.name);
  await offSite.fetch(entry.name);
  assert.equal((await room.manager.verify(entry.name)).state, 'good');
});

test(
  'a process that is killed while it sends loses nothing: the next one finishes, and no secret is left anywhere',
  { skip: whyNoGitLfs() ?? false },
  async (t) => {
    const server = await openLfsServer(t);
    const folders = foldersIn(tempFolder(t));
    const backups = join(dirname(folders.database), 'backups');
    const env = {
      ...environmentOf(folders),
      GITHUB_SYNC_ENABLED: 'true',
      GITHUB_DATA_REPO: server.url,
      GITHUB_TOKEN: TOKEN,
      BACKUP_AGE_RECIPIENTS: ALICE.recipient,
    };
    const stage = await openOffSiteStage(t, { vaults: [], backups });
    const name = await stage.plant(START, { bytes: randomBytes(4 * MB) });
    const cli = (...args: string[]) => {
      const child = spawn(process.execPath, [CLI, 'backup', ...args], {
        cwd: dirname(folders.database),
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.after(() => child.kill('SIGKILL'));
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      return {
        child,
        ended: once(child, 'exit').then(async ([code]) => ({
          code: code as number | null,
          output: (await output).join(''),
        })),
      };
    };
    server.trouble = 'slow';
    const begun = Promise.withResolvers<void>();
    server.onUpload = () => begun.resolve();
    const first = cli('sync');
    await begun.promise;
    first.child.kill('SIGKILL');
    const killed = await first.ended;
    server.trouble = null;
    const second = await cli('sync').ended;
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /1 sent and read back/);
    const listed = await cli('list').ended;
    assert.match(listed.output, new RegExp(`${name} .* · off-site: github \\(last read back [-\\d]+ [:\\d]+\\)\n`));
    const left = everyFile(backups);
    assert.deepEqual(
      left.filter((file) => /\.work-|\.partial|\.age$/.test(file)),
      [],
      'what was in the works is gone',
    );
    const read = left.map((file) => readFileSync(file, 'latin1')).join('');
    for (const seen of [killed.output, second.output, listed.output, read]) assert.ok(!seen.includes(TOKEN));
  },
);

function everyFile(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return found.map((file) => join(folder, file)).filter((file) => statSync(file).isFile());
}

test('backups are made and verified while a transfer stands still', async (t) => {
  const room = await openRoom(t);
  const place = createMemoryPlace();
  const { begun } = holdTransfers(place);
  const offSite = openOn(t, room, createMemoryVault(place));
  await room.manager.create(MANUAL);
  const sending = offSite.sync();
  await begun;
  const { entry } = await room.manager.create(MANUAL);
  assert.equal((await room.manager.verify(entry.name)).state, 'good');
  await offSite.close();
  assert.match(JSON.stringify((await sending)[0]?.problems), /was cancelled/);
});
