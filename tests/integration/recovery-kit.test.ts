import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { recoveryFacts } from '../../src/app/recovery-facts.ts';
import { openVaults } from '../../src/app/vaults.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { EXAMPLE_NAME } from '../../src/backup/recovery/commands.ts';
import { recoverySheet } from '../../src/backup/recovery/sheet.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { parseConfig } from '../../src/config.ts';
import { ALICE, aliceVariables as KEYS } from '../support/age-keys.ts';
import { MANUAL, openRoom } from '../support/backup-room.ts';
import { openLfsServer, TOKEN, whyNoGitLfs } from '../support/lfs-server.ts';
import { CLI } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const run = promisify(execFile);
type Environment = Readonly<Record<string, string>>;

function whyNoTools(): string | undefined {
  for (const tool of ['age', 'zstd', 'tar', 'sha256sum']) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
    } catch {
      return `${tool} is not installed`;
    }
  }
  return undefined;
}
const noTools = whyNoTools();

let made: { readonly entry: BackupEntry; readonly file: string };
before(async (t) => {
  const { manager, parts } = await openRoom(t as TestContext);
  const { entry } = await manager.create(MANUAL);
  made = { entry, file: parts.catalogue.archiveFile(entry.name) };
});

async function send(t: TestContext, env: Environment): Promise<void> {
  using opened = await openVaults(parseConfig({ DATA_DIR: tempFolder(t), ...env }), { threads, clock: Date.now });
  const packing = createPacking({ cipher: opened.cipher, scratchFolder: tempFolder(t) });
  await using packed = await packing.pack(made.entry, made.file);
  for (const { vault } of opened.vaults) await vault.put(packed.copy, packed.file);
}

const sheetFor = (env: Environment, locale: 'en' | 'ja' = 'en', showsSecrets = false): string =>
  recoverySheet(recoveryFacts(parseConfig(env), { at: Date.UTC(2026, 10, 21), showsSecrets }), locale);

/** Does what the sheet says by hand, in an empty folder, with the tools of the system; returns that folder. */
async function follow(t: TestContext, sheet: string, env: Environment = {}): Promise<string> {
  const cwd = tempFolder(t);
  const [, byHand = ''] = sheet.split('## By hand');
  const blocks = [...byHand.matchAll(/```sh\n([^`]*)```/g)].map(([, commands = '']) => commands);
  const script = blocks
    .filter((commands) => !/sqlite3|backup restore/.test(commands)) // the one may not be there, the other is the bot's
    .join('\n')
    .replaceAll(EXAMPLE_NAME, made.entry.name);
  const [, secret] = /```text\n(AGE-SECRET-KEY[^`]*)```/.exec(byHand) ?? [];
  if (secret !== undefined) writeFileSync(join(cwd, 'backup-key.txt'), secret, { mode: 0o600 });
  const home = { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_TERMINAL_PROMPT: '0' };
  const running = run('bash', ['-euo', 'pipefail'], { cwd, env: { ...home, ...env }, timeout: 60_000 });
  running.child.stdin?.end(script);
  await running;
  return cwd;
}

function assertUnpacked(folder: string): void {
  const content = join(folder, made.entry.name);
  assert.ok(existsSync(join(content, 'manifest.json')));
  using db = opened(join(content, 'sqlite', 'nescordbot.db'));
  assert.equal(db.db.pragma('integrity_check', { simple: true }), 'ok');
}

function opened(file: string) {
  const db = new Database(file, { readonly: true });
  return { db, [Symbol.dispose]: () => db.close() };
}

test(
  'what the sheet says gets a backup out of a folder with ordinary tools, encrypted or not',
  {
    skip: noTools ?? false,
  },
  async (t) => {
    for (const keys of [KEYS, {}]) {
      const root = tempFolder(t);
      const env = { VAULT_DIRECTORY: join(root, "Mika's NAS"), ...keys };
      mkdirSync(env.VAULT_DIRECTORY);
      await send(t, env);
      for (const locale of ['en', 'ja'] as const) {
        const sheet = sheetFor(env, locale, true).replace('## NescordBot なしで', '## By hand');
        assertUnpacked(await follow(t, sheet));
      }
    }
  },
);

test('and out of a repository with git and git-lfs', { skip: whyNoGitLfs() ?? noTools ?? false }, async (t) => {
  const { url } = await openLfsServer(t);
  const env = { GITHUB_SYNC_ENABLED: 'true', GITHUB_DATA_REPO: url, GITHUB_TOKEN: TOKEN, ...KEYS };
  await send(t, env);
  const sheet = sheetFor(env, 'en', true);
  assert.ok(!sheet.includes(TOKEN));
  // The user name and the token that git asks for.
  const header = `Authorization: Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
  const asked = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: header,
  };
  assertUnpacked(await follow(t, sheet, asked));
});

test('every kind of vault and key has its commands, in both languages, and the sheet says when there is no copy', () => {
  const s3 = {
    S3_BUCKET: 'bot-backups',
    S3_REGION: 'eu-west-1',
    S3_ACCESS_KEY_ID: 'AKIA1',
    S3_SECRET_ACCESS_KEY: 'hidden-key',
  };
  for (const locale of ['en', 'ja'] as const) {
    const sheet = sheetFor({ ...s3, BACKUP_AGE_PASSPHRASE: 'correct horse battery staple' }, locale);
    assert.match(sheet, /aws --region eu-west-1 s3 ls s3:\/\/bot-backups\/nescordbot\//);
    assert.match(sheet, /aws --region eu-west-1 s3 cp s3:\/\/bot-backups\/nescordbot\/"\$NAME.tar.zst.age" \./);
    assert.match(sheet, /age -d -o "\$NAME.tar.zst" "\$NAME.tar.zst.age"/);
    assert.match(sheet, /S3_BUCKET=bot-backups\n.*\nRESTORE_ON_EMPTY=true/);
    assert.match(sheet, /`S3_SECRET_ACCESS_KEY`/);
    assert.doesNotMatch(sheet, /hidden-key|correct horse/);
  }
  assert.match(sheetFor({}), /\*\*There is no copy off the machine\.\*\*/);
  assert.doesNotMatch(sheetFor({}), /RESTORE_ON_EMPTY/, 'nothing comes back by itself then');
  assert.match(sheetFor({}, 'ja'), /マシンの外にコピーがありません/);
});

test('the command writes a sheet that the owner alone can read, with secrets only where they are asked for', async (t) => {
  const folder = tempFolder(t);
  const env = { PATH: process.env['PATH'], VAULT_DIRECTORY: '/mnt/nas', CLI_COMMAND: 'nescordbot', ...KEYS };
  const kit = (...args: readonly string[]) =>
    run(process.execPath, [CLI, 'backup', 'recovery-kit', ...args], { cwd: folder, env });
  const file = join(folder, 'sheet.md');
  const [written, withSecrets, json] = await Promise.all([
    kit('--out', file, '--json'),
    kit('--show-secrets', '--language', 'ja'),
    kit('--json'),
  ]);
  assert.deepEqual(JSON.parse(written.stdout), { file, language: 'en', hasSecrets: false });
  const sheet = readFileSync(file, 'utf8');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(sheet.includes(ALICE.recipient) && sheet.includes('nescordbot backup restore'));
  assert.ok(!sheet.includes(ALICE.identity) && !json.stdout.includes(ALICE.identity));
  assert.ok(withSecrets.stdout.includes(ALICE.identity) && withSecrets.stdout.includes('復旧シート'));
  assert.ok(!existsSync(join(folder, 'data')), 'it needs no volume and makes none');
});
