import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { App } from '../../src/app.ts';
import { openBackupShell } from '../../src/app/backup-shell.ts';
import { parseConfig } from '../../src/config.ts';
import { wordsIn } from '../../src/errors.ts';
import { openTestApp } from '../support/app.ts';
import { teachApp } from '../support/app-person.ts';
import { createTestLog } from '../support/chroma.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';

const BY = { id: '1', name: 'Morgan' };

const FOLDERS = ['chroma', 'backups'];
const inFolder = (data: string) => ({
  DATABASE_URL: join(data, 'bot.db'),
  CHROMADB_PERSIST_DIRECTORY: join(data, 'chroma'),
  BACKUP_DIRECTORY: join(data, 'backups'),
});

/** A data folder, and a vault that outlives it. */
function places(t: TestContext) {
  const root = tempFolder(t);
  const [data, vault] = [join(root, 'data'), join(root, 'vault')];
  for (const folder of [data, vault]) mkdirSync(folder);
  const env = { ...inFolder(data), VAULT_DIRECTORY: vault, BACKUP_AFTER_CHANGES: 'false' };
  const empty = (): void => {
    rmSync(data, { recursive: true });
    for (const folder of FOLDERS) mkdirSync(join(data, folder), { recursive: true });
  };
  for (const folder of FOLDERS) mkdirSync(join(data, folder));
  return { root, data, vault, env, empty };
}

const open = (t: TestContext, env: Readonly<Record<string, string>>): Promise<App> =>
  openTestApp(t, { firstLesson: false, env });

const titles = ({ knowledge, playground }: App): string[] =>
  [...(playground?.world.guilds.keys() ?? [])]
    .flatMap((guildId) => knowledge.library.list(guildId, { offset: 0, limit: 50 }).items)
    .map(({ title }) => title)
    .sort();

async function backedUp(app: App): Promise<string> {
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  await sent(app);
  return entry.name;
}

async function sent(app: App): Promise<void> {
  const results = await app.offSite.sync();
  assert.deepEqual(
    results.flatMap(({ problems }) => problems),
    [],
  );
}

const told = ({ alerts }: App): string[] => alerts.recent().map(({ words }) => wordsIn('en', words));
const standingIn = async (app: App, name: string) =>
  [...(await app.backups.list()), ...(await app.offSite.elsewhere())].find((one) => one.name === name)?.standing;

test('what somebody went back to by hand on a new machine is not outnumbered by what the vault still has of the old one', async (t) => {
  const { data, vault, env, empty } = places(t);
  const app = await open(t, env);
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine.');
  const wanted = await backedUp(app);
  for (const title of ['mistake', 'blunder']) {
    await app.backups.restore(wanted, BY);
    await teachApp(app, title, `This is a ${title}.`);
    await backedUp(app);
  }
  await app[Symbol.asyncDispose]();
  empty();

  for (const file of readdirSync(vault).filter((name) => name.startsWith(wanted) && !name.endsWith('.sha256')))
    cpSync(join(vault, file), join(data, 'backups', file));
  {
    const config = parseConfig({ ...quiet, PORT: '0', ...env });
    await using shell = await openBackupShell(config, { log: createTestLog(), restores: true });
    await shell.manager.verify(wanted);
    await shell.manager.restore(wanted, BY);
  }
  const second = await open(t, env);
  assert.deepEqual(titles(second), ['lighthouse']);
  const kept = await backedUp(second);
  await second[Symbol.asyncDispose]();
  empty();

  const third = await open(t, env);
  assert.deepEqual(titles(third), ['lighthouse'], 'the volume was lost once more');
  assert.equal(await standingIn(third, kept), 'current');
});

test('a volume that is put back whole, with all that is remembered on it, goes on beside what the vault has', async (t) => {
  const { root, data, env, empty } = places(t);
  const first = await open(t, env);
  await teachApp(first, 'lighthouse', 'The lighthouse opens at nine.');
  await backedUp(first);
  await first[Symbol.asyncDispose]();
  cpSync(data, join(root, 'snapshot'), { recursive: true });

  const second = await open(t, env);
  for (const title of ['mistake', 'blunder']) await teachApp(second, title, `This is a ${title}.`);
  const left = await backedUp(second);
  await second[Symbol.asyncDispose]();
  empty();
  cpSync(join(root, 'snapshot'), data, { recursive: true });

  const third = await open(t, env);
  await sent(third);
  assert.ok(
    told(third).some((words) => words.includes(left) && words.includes('further on')),
    told(third).join('\n'),
  );
  await teachApp(third, 'harbour', 'The harbour is open.');
  const [vault] = await third.offSite.vaults();
  assert.notEqual(vault?.behindSince, null, 'no copy there has the harbour');
  assert.equal(await standingIn(third, left), 'branch');
  for (const title of ['pier', 'mole']) await teachApp(third, title, `This is the ${title}.`);
  assert.equal(await standingIn(third, left), 'branch', 'however far this one goes on');
  await backedUp(third);
  await third[Symbol.asyncDispose]();
  empty();

  const fourth = await open(t, env);
  assert.deepEqual(titles(fourth), ['harbour', 'lighthouse', 'mole', 'pier']);
});

test('a second bot that goes by the same installation is told of, and outnumbered by no start of its own accord', async (t) => {
  const { root, data, env } = places(t);
  const first = await open(t, env);
  await teachApp(first, 'lighthouse', 'The lighthouse opens at nine.');
  await backedUp(first);
  await first[Symbol.asyncDispose]();
  const copy = join(root, 'copy');
  cpSync(data, copy, { recursive: true });

  const original = await open(t, env);
  const twin = await open(t, { ...env, ...inFolder(copy) });
  await sent(original);
  await sent(twin);
  await teachApp(twin, 'mistake', 'This is a mistake.');
  const stranger = await backedUp(twin);
  await sent(original);
  await sent(original);
  const warnings = told(original).filter((words) => words.includes('another bot'));
  assert.equal(warnings.length, 1, told(original).join('\n'));
  assert.ok(warnings[0]?.includes(stranger));
});
