import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { openDirectoryLock } from '../../src/adapters/chroma/directory-lock.ts';
import { openShell } from '../../src/app/shell.ts';
import { openVolumeLock } from '../../src/app/volume-lock.ts';
import { lookAtFolders } from '../../src/app/volume-folders.ts';
import { parseConfig } from '../../src/config.ts';
import { wordsIn } from '../../src/errors.ts';
import { createAlerts } from '../../src/health/alerts.ts';
import { parseMounts } from '../../src/health/mounts.ts';
import { openTestApp } from '../support/app.ts';
import { createTestLog, openTestChroma } from '../support/chroma.ts';
import { emptyVolumeSituations } from '../support/empty-volume-situations.ts';
import { ownPort } from '../support/own-port.ts';
import { startMain, withMounts } from '../support/start-main.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { emptyFolder, start, type Start } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

/** What a situation leads to; it asserts what the bot does, and the table says which lines are expected. */
type Situation = (t: TestContext) => Promise<readonly string[]>;

const folder = (t: TestContext): string => realpathSync(tempFolder(t));

/** A bot that knows one thing and was stopped. */
async function taught(t: TestContext, env: Readonly<Record<string, string>>, title = 'lighthouse'): Promise<void> {
  await using bot = await start(t, env);
  await bot.teach(title);
}

function apart(t: TestContext): { DATA_DIR: string; DATABASE_URL: string; CHROMADB_PERSIST_DIRECTORY: string } {
  const root = folder(t);
  return {
    DATA_DIR: emptyFolder(root, 'data'),
    DATABASE_URL: join(emptyFolder(root, 'database'), 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: emptyFolder(root, 'index'),
  };
}

function refused({ error, lines }: Start, code = 'config'): readonly string[] {
  assert.equal(error?.code, code, lines.join('\n'));
  return lines;
}

async function knows(bot: Start, titles: readonly string[]): Promise<readonly string[]> {
  assert.deepEqual(bot.error, null);
  assert.deepEqual(bot.titles(), titles);
  assert.equal(await bot.vectors(), titles.length);
  return bot.lines;
}

function emptied(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
}

/** The warnings about folders, on a machine as it is described. */
function placed(env: Readonly<Record<string, string>>, mountinfo: string, hasContainerFile: boolean): string[] {
  const lines: string[] = [];
  const alerts = createAlerts({ deliver: ({ words }) => void lines.push(wordsIn('en', words)), clock: Date.now });
  lookAtFolders(
    parseConfig({ DISCORD_TOKEN: 'x', ...env }),
    { mounts: parseMounts(mountinfo), hasContainerFile, cgroup: '' },
    alerts,
  );
  assert.equal(alerts.open().length, lines.length);
  return lines;
}

const ROOT_ON_DISK = '29 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n';
const ROOT_LAYERED = '611 540 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n';

const situations: Readonly<Record<string, Situation>> = {
  async 'The first start'(t) {
    const DATA_DIR = folder(t);
    await using bot = await start(t, { DATA_DIR });
    await knows(bot, []);
    const markers = [
      '.nescordbot.db.installation.json',
      'chromadb/.nescordbot-installation.json',
      'backups/.nescordbot-installation.json',
    ];
    assert.equal(new Set(markers.map((file) => readFileSync(join(DATA_DIR, file), 'utf8'))).size, 1);
    return bot.lines;
  },

  async 'An ordinary restart'(t) {
    const env = { DATA_DIR: folder(t) };
    await taught(t, env);
    await using bot = await start(t, env);
    assert.ok(!bot.lines.some((line) => /empty|behind|belongs|remembers/.test(line)), bot.lines.join('\n'));
    return await knows(bot, ['lighthouse']);
  },

  async 'Started by a version that knew no markers'(t) {
    const DATA_DIR = folder(t);
    await taught(t, { DATA_DIR });
    unmark(DATA_DIR);
    await using bot = await start(t, { DATA_DIR });
    return await knows(bot, ['lighthouse']);
  },

  async 'The whole data folder was moved'(t) {
    const root = folder(t);
    await taught(t, { DATA_DIR: emptyFolder(root, 'old') });
    renameSync(join(root, 'old'), join(root, 'new'));
    await using bot = await start(t, { DATA_DIR: join(root, 'new') });
    return await knows(bot, ['lighthouse']);
  },

  async "The database's volume is empty, the index is there"(t) {
    const env = apart(t);
    await taught(t, env);
    emptied(join(env.DATABASE_URL, '..'));
    return refused(await start(t, env));
  },

  async 'The database was deleted from its folder'(t) {
    const DATA_DIR = folder(t);
    await (await start(t, { DATA_DIR }))[Symbol.asyncDispose]();
    rmSync(join(DATA_DIR, 'nescordbot.db'));
    return refused(await start(t, { DATA_DIR }));
  },

  async 'An empty database lies in the place of another'(t) {
    const env = apart(t);
    await taught(t, env);
    emptied(join(env.DATABASE_URL, '..'));
    writeFileSync(env.DATABASE_URL, '');
    return refused(await start(t, env));
  },

  async 'Database and index are empty, backups are there'(t) {
    const root = folder(t);
    const env = { DATA_DIR: emptyFolder(root, 'data'), BACKUP_DIRECTORY: emptyFolder(root, 'backups') };
    {
      await using bot = await start(t, env);
      await bot.backUp();
    }
    emptied(env.DATA_DIR);
    const inContainer = refused(await start(t, { ...env, CLI_COMMAND: 'nescordbot' }));
    assert.ok(inContainer.some((line) => line.includes('restore a backup: nescordbot backup restore nescordbot_')));
    return refused(await start(t, env));
  },

  ...emptyVolumeSituations,

  async "The database's volume is empty, and ALLOW_EMPTY_START is set"(t) {
    const env = apart(t);
    await taught(t, env);
    emptied(join(env.DATABASE_URL, '..'));
    const allowed = await start(t, { ...env, ALLOW_EMPTY_START: 'true' });
    await knows(allowed, []);
    await allowed.teach('ferry');
    await allowed[Symbol.asyncDispose]();
    await using next = await start(t, env);
    await knows(next, ['ferry']);
    return allowed.lines;
  },

  async 'ALLOW_EMPTY_START is set for nothing'(t) {
    const env = { DATA_DIR: folder(t) };
    await taught(t, env);
    await using bot = await start(t, { ...env, ALLOW_EMPTY_START: 'true' });
    return await knows(bot, ['lighthouse']);
  },

  async 'A backup was restored from a shell into an empty volume'(t) {
    const root = folder(t);
    const env = { DATA_DIR: emptyFolder(root, 'data'), BACKUP_DIRECTORY: emptyFolder(root, 'backups') };
    const first = await start(t, env);
    await first.teach('lighthouse');
    const name = await first.backUp();
    await first[Symbol.asyncDispose]();
    emptied(env.DATA_DIR);
    const shell = await start(t, env, { works: false });
    await shell.restore(name);
    await shell[Symbol.asyncDispose]();
    await using bot = await start(t, env);
    assert.ok(!bot.lines.some((line) => /behind|belongs|remembers/.test(line)), bot.lines.join('\n'));
    return await knows(bot, ['lighthouse']);
  },

  async "The index's volume is empty"(t) {
    const env = apart(t);
    await taught(t, env);
    emptied(env.CHROMADB_PERSIST_DIRECTORY);
    await using bot = await start(t, env);
    return await knows(bot, ['lighthouse']);
  },

  async 'The index was emptied'(t) {
    const env = apart(t);
    await taught(t, env);
    rmSync(join(env.CHROMADB_PERSIST_DIRECTORY, 'chroma.sqlite3'));
    await using bot = await start(t, env);
    return await knows(bot, ['lighthouse']);
  },

  async "The database's volume is another bot's"(t) {
    const [mine, other] = [apart(t), apart(t)];
    await taught(t, mine);
    await taught(t, other, 'ferry');
    const bot = await start(t, { ...mine, DATABASE_URL: other.DATABASE_URL });
    await using allowed = await start(t, { ...mine, DATABASE_URL: other.DATABASE_URL, ALLOW_EMPTY_START: 'true' });
    await knows(allowed, ['ferry']);
    return refused(bot);
  },

  async 'The database was exchanged by hand'(t) {
    const [mine, other] = [apart(t), apart(t)];
    await taught(t, mine);
    await taught(t, other, 'ferry');
    cpSync(other.DATABASE_URL, mine.DATABASE_URL);
    const bot = await start(t, mine);
    await knows(bot, ['ferry']);
    await bot[Symbol.asyncDispose]();
    await using again = await start(t, mine);
    assert.ok(!again.lines.some((line) => /by hand/.test(line)), 'it is said once');
    return bot.lines;
  },

  async 'The token is that of another Discord application'(t) {
    const DATA_DIR = folder(t);
    const as = (id: string, secret: string) => ({ DATA_DIR, DISCORD_TOKEN: `${btoa(id)}.${secret}.x` });
    const [first, second] = ['100000000000000011', '100000000000000022'];
    const crossed = (bot: Start) => bot.lines.filter((line) => line.includes('was last run as'));
    await taught(t, as(first, 'old'));
    await using renewed = await start(t, as(first, 'new'));
    assert.deepEqual(crossed(renewed), [], 'a new token of the same application is nothing to speak of');
    await renewed[Symbol.asyncDispose]();
    const bot = await start(t, as(second, 'old'));
    await knows(bot, ['lighthouse']);
    const [notice] = bot.premises?.notices() ?? [];
    assert.ok(notice !== undefined && wordsIn('ja', notice.words).includes(`アプリケーション ${first} ですが`));
    await bot[Symbol.asyncDispose]();
    await using again = await start(t, as(second, 'old'));
    assert.deepEqual(crossed(again), [], 'it is said once');
    return crossed(bot);
  },

  async "The backup folder is another bot's"(t) {
    const root = folder(t);
    const [mine, other] = [{ DATA_DIR: emptyFolder(root, 'mine') }, { DATA_DIR: emptyFolder(root, 'other') }];
    await taught(t, mine);
    await taught(t, other, 'ferry');
    await using bot = await start(t, { ...mine, BACKUP_DIRECTORY: join(other.DATA_DIR, 'backups') });
    return await knows(bot, ['lighthouse']);
  },

  async 'The volume came up as it was earlier'(t) {
    const env = apart(t);
    await taught(t, env);
    const old = readFileSync(env.DATABASE_URL);
    await taught(t, env, 'ferry');
    writeFileSync(env.DATABASE_URL, old);
    await using bot = await start(t, env);
    assert.deepEqual(
      bot.premises?.notices().map(({ words }) => typeof words),
      ['object'],
      'operators are told in their language',
    );
    return await knows(bot, ['lighthouse']);
  },

  async 'A crash while a backup was being restored'(t) {
    const env = { DATA_DIR: folder(t) };
    await taught(t, env);
    const journal = {
      format: 1,
      id: '20261121t093005-1a2b3c4d',
      backup: 'nescordbot_backup_20261121_093005',
      safety: 'nescordbot_backup_20261121_093006',
      startedAt: 0,
      confirmed: false,
      before: {},
    };
    writeFileSync(join(env.DATA_DIR, '.nescordbot.db.restore-journal.json'), JSON.stringify(journal));
    await using bot = await start(t, env);
    await knows(bot, ['lighthouse']);
    return [wordsIn('en', bot.premises?.recovery.words ?? '')];
  },

  async 'The mount is missing'(t) {
    const bot = await start(t, { DATA_DIR: join(folder(t), 'not-mounted') });
    return refused(bot);
  },

  async "The index's mount is missing"(t) {
    const env = apart(t);
    rmSync(env.CHROMADB_PERSIST_DIRECTORY, { recursive: true });
    return refused(await start(t, env));
  },

  'The volume is read-only': (t) => mounted(t, 'mount -t tmpfs -o ro tmpfs "$DATA_DIR"'),

  async 'The volume belongs to another user'(t) {
    const DATA_DIR = folder(t);
    chmodSync(DATA_DIR, 0o555);
    const isRoot = process.getuid?.() === 0;
    const nobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const bot = startMain(t, { DATA_DIR }, nobody);
    assert.equal(await bot.ended, 78);
    return bot.lines();
  },

  'The volume is full': (t) =>
    mounted(t, 'mount -t tmpfs -o size=64k tmpfs "$DATA_DIR"; head -c 64k /dev/zero > "$DATA_DIR/full"'),

  async 'A file lies in the place of the folder'(t) {
    const DATA_DIR = join(folder(t), 'data');
    writeFileSync(DATA_DIR, '');
    return refused(await start(t, { DATA_DIR }));
  },

  async 'Not on a volume, on Railway'() {
    const setByHand = placed({ RAILWAY_VOLUME_MOUNT_PATH: '/app/data' }, ROOT_LAYERED, false);
    assert.deepEqual(placed({ DATA_DIR: '/app/data', RAILWAY_SERVICE_ID: 'a' }, ROOT_LAYERED, false), setByHand);
    return setByHand;
  },
  async 'Not on a volume, in a container'() {
    const lines = placed({ DATA_DIR: '/app/data' }, ROOT_LAYERED, true);
    assert.equal(lines.length, 1, 'one warning for a folder and those in it');
    return lines;
  },
  async 'On a tmpfs'() {
    return placed({ DATA_DIR: '/run/bot' }, `${ROOT_ON_DISK}30 29 0:25 / /run rw - tmpfs tmpfs rw\n`, false);
  },
  async "On a volume, or on a plain server's disk"() {
    const volume = `${ROOT_LAYERED}620 611 254:1 /volumes/bot/_data /app/data rw - ext4 /dev/vda1 rw\n`;
    assert.deepEqual(placed({ DATA_DIR: '/srv/bot' }, ROOT_ON_DISK, false), []);
    assert.deepEqual(placed({ DATA_DIR: '/app/data' }, volume, true), []);
    assert.deepEqual(placed({ RAILWAY_VOLUME_MOUNT_PATH: '/app/data' }, volume, false), []);
    return [];
  },

  async 'The process of the deployment before still runs'(t) {
    const DATA_DIR = folder(t);
    const before = openVolumeLock(join(DATA_DIR, 'nescordbot.db'));
    const index = openDirectoryLock(emptyFolder(DATA_DIR, 'chromadb'));
    const said = Promise.withResolvers<void>();
    const log = createTestLog();
    const warn = (message: string) => {
      log.warn(message);
      // First the database is let go of, then Chroma's folder: each is waited for.
      if (!message.includes('waiting up to')) return;
      if (message.includes('chromadb')) index[Symbol.dispose]();
      else before[Symbol.dispose]();
      said.resolve();
    };
    const starting = start(t, { DATA_DIR }, { lockWaitMs: 30_000, log: { ...log, warn } });
    await said.promise;
    await using bot = await starting;
    await knows(bot, []);
    assert.equal(log.lines.filter((line) => /waiting up to 30 s/.test(line)).length, 2);
    return log.lines;
  },

  async 'A second bot runs on the same data'(t) {
    const env = { DATA_DIR: folder(t) };
    await using first = await start(t, env);
    const second = await start(t, env, { lockWaitMs: 150 });
    await knows(first, []);
    return refused(second, 'conflict');
  },

  async 'Asked to stop while it waits for the other'(t) {
    const DATA_DIR = folder(t);
    const before = openVolumeLock(join(DATA_DIR, 'nescordbot.db'));
    t.after(() => before[Symbol.dispose]());
    const PORT = String(await ownPort());
    const bot = startMain(t, { DATA_DIR, PORT });
    await bot.said(/waiting up to 60 s/);
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${PORT}${path}`)).status;
    assert.deepEqual([await statusOf('/healthz'), await statusOf('/readyz')], [200, 503]);
    bot.child.kill('SIGTERM');
    assert.equal(await bot.ended, 0);
    return bot.lines();
  },

  async 'The database is damaged'(t) {
    const DATA_DIR = folder(t);
    await taught(t, { DATA_DIR });
    writeFileSync(join(DATA_DIR, 'nescordbot.db'), 'no database any more '.repeat(1000));
    return refused(await start(t, { DATA_DIR }), 'damaged');
  },

  async 'The database is of a newer version'(t) {
    const DATA_DIR = folder(t);
    await taught(t, { DATA_DIR });
    changed(DATA_DIR, 'PRAGMA user_version = 9999');
    return refused(await start(t, { DATA_DIR }));
  },

  async "The database is another program's"(t) {
    const DATA_DIR = folder(t);
    changed(DATA_DIR, 'CREATE TABLE recipes (id INTEGER)');
    return refused(await start(t, { DATA_DIR }));
  },

  async 'The remote Chroma server is down at the first start'(t) {
    return refused(await start(t, { DATA_DIR: folder(t), CHROMA_URL: 'http://127.0.0.1:9' }), 'unavailable');
  },

  async 'The remote Chroma server is down'(t) {
    const DATA_DIR = folder(t);
    await taught(t, { DATA_DIR, CHROMA_URL: await remote(t) });
    await using bot = await start(t, { DATA_DIR, CHROMA_URL: 'http://127.0.0.1:9' });
    assert.equal(bot.error, null);
    assert.deepEqual(bot.titles(), ['lighthouse']);
    return bot.lines;
  },

  async 'Two bots share a Chroma server and the prefix'(t) {
    const CHROMA_URL = await remote(t);
    const [mine, other] = [
      { DATA_DIR: folder(t), CHROMA_URL },
      { DATA_DIR: folder(t), CHROMA_URL },
    ];
    await taught(t, mine);
    refused(await start(t, other)); // it sees the index of the first
    await taught(t, { ...other, ALLOW_EMPTY_START: 'true' }, 'ferry');
    return refused(await start(t, mine));
  },

  async 'Two bots share a Chroma server, each with its prefix'(t) {
    const CHROMA_URL = await remote(t);
    const mine = { DATA_DIR: folder(t), CHROMA_URL, CHROMADB_COLLECTION_NAME: 'one' };
    const other = { DATA_DIR: folder(t), CHROMA_URL, CHROMADB_COLLECTION_NAME: 'one_more' };
    await taught(t, mine);
    await taught(t, other, 'ferry');
    await using bot = await start(t, mine);
    return await knows(bot, ['lighthouse']);
  },
};

function changed(dataDirectory: string, sql: string): void {
  const db = new Database(join(dataDirectory, 'nescordbot.db'));
  db.exec(sql);
  db.close();
}

function unmark(dataDirectory: string): void {
  changed(dataDirectory, "DELETE FROM settings WHERE scope = 'installation'");
  for (const file of [
    '.nescordbot.db.installation.json',
    'chromadb/.nescordbot-installation.json',
    'backups/.nescordbot-installation.json',
  ])
    rmSync(join(dataDirectory, file));
}

async function remote(t: TestContext): Promise<string> {
  const { port } = (await openTestChroma(t)).endpoint();
  return `http://127.0.0.1:${port}`;
}

/** The real program on a folder on which something is mounted that nobody else sees. */
async function mounted(t: TestContext, script: string): Promise<readonly string[]> {
  const command = withMounts(script);
  if (command === null) {
    t.skip('nothing can be mounted here: unshare is not allowed');
    return [];
  }
  const bot = startMain(t, { DATA_DIR: folder(t) }, command);
  assert.equal(await bot.ended, 78, bot.lines().join('\n'));
  return bot.lines();
}

/** The rows of the table in the documentation: a situation, and the lines that it promises. */
function rowsOf(file: string, next: string) {
  const [upToTable = ''] = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8').split(`\n## ${next}\n`);
  return [...upToTable.matchAll(/^\| (?!Situation|状況|-)(.+?) +\| +(.*?) *\| .* \|$/gm)].map(
    ([, situation = '', says = '']) => ({
      situation,
      says: [...says.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line),
    }),
  );
}

const rows = rowsOf('operations.md', 'Alerts');

test('every row of the table of start-up situations has its test, and every test its row', () => {
  assert.deepEqual(
    rows.map(({ situation }) => situation),
    Object.keys(situations),
  );
});

test('the Japanese table promises the same lines in the same order', () => {
  const inJapanese = rowsOf('operations.ja.md', 'アラート');
  assert.deepEqual(
    inJapanese.map(({ says }) => says),
    rows.map(({ says }) => says),
  );
});

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

for (const { situation, says } of rows) {
  test(`start-up: ${situation}`, async (t) => {
    const lines = await situations[situation]?.(t);
    if (lines === undefined || lines.length === 0) return;
    for (const promised of says) {
      const pattern = new RegExp(promised.split('…').map(literal).join('.*'));
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `no line is like: ${promised}\n${lines.join('\n')}`,
      );
    }
  });
}

test('a database that was saved before there were markers keeps the installation that its folder remembers', async (t) => {
  const DATA_DIR = folder(t);
  await taught(t, { DATA_DIR });
  changed(DATA_DIR, "DELETE FROM settings WHERE scope = 'installation'");
  await using bot = await start(t, { DATA_DIR });
  await knows(bot, ['lighthouse']);
  assert.ok(
    bot.lines.some((line) => /^This is installation \w{8}, start 2 on/.test(line)),
    bot.lines.join('\n'),
  );
});

test('a shell command begins no empty database where there are traces of another', async (t) => {
  const env = apart(t);
  await taught(t, env);
  emptied(join(env.DATABASE_URL, '..'));
  const { signal } = new AbortController();
  const opening = openShell(parseConfig(env), { log: createTestLog(), signal, guildId: null });
  await assert.rejects(opening, { code: 'config', message: /There is no database at .*Ways out:/s });
});

test('a playground alarms nobody of data that does not stay, and says so once it is up', async (t) => {
  const machine = { mounts: parseMounts(ROOT_LAYERED), hasContainerFile: true, cgroup: '' };
  const { log, lines } = recordingLog();
  const app = await openTestApp(t, { machine, firstLesson: false, log });
  assert.deepEqual(app.alerts.open(), []);
  const said = lines.map(({ message }) => message);
  const up = said.findIndex((line) => line.includes('The playground is at'));
  assert.match(said.slice(up + 1).join('\n'), /Data in \S+ is not on a volume/);
  assert.doesNotMatch(said.slice(0, up).join('\n'), /not on a volume/);
});

test('of an index in which there was nothing, nobody is told that it was emptied', async (t) => {
  const env = apart(t);
  for (const time of ['first', 'second', 'third']) {
    await using bot = await start(t, env);
    await knows(bot, []);
    assert.ok(!bot.lines.some((line) => /made anew|emptied|came up empty/.test(line)), `${time} start`);
  }
});
