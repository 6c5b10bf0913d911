import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import type { App } from '../../src/app.ts';
import { openVaults } from '../../src/app/vaults.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { parseConfig } from '../../src/config.ts';
import { wordsIn } from '../../src/errors.ts';
import { openTestApp } from '../support/app.ts';
import { personOf, teachApp } from '../support/app-person.ts';
import { openLfsServer, TOKEN, whyNoGitLfs } from '../support/lfs-server.ts';
import { BUCKET, KEYS, openS3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const SLOW = 30_000;
const answered = /offline engine|I found nothing|not been taught/;
const BY = { id: '1', name: 'Morgan' };
const ENCRYPTED = {
  BACKUP_AGE_RECIPIENTS: 'age1ae9m5c9sw33e0p9kn2kyyd4fmhsm69awccclkay8jc8yak7uvqwqhuwp3z',
  BACKUP_AGE_IDENTITY: 'AGE-SECRET-KEY-1GS7SJDD88DPDYGHQCGWAQHMPP92ZL5D29QCD0C0KX7QVFMZYG2MSTL2AGD',
};
type Environment = Readonly<Record<string, string>>;

/** A volume as it comes up: folders for everything, and nothing in them. */
function emptyVolume(t: Pick<TestContext, 'after'>): Environment {
  const folder = tempFolder(t as TestContext);
  for (const name of ['chroma', 'backups']) mkdirSync(join(folder, name));
  return {
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
  };
}

/** Two backups of a bot whose volume is gone: from before and after it learnt of the ferry. */
const lost: { readonly entry: BackupEntry; readonly file: string }[] = [];

before(async (t) => {
  const context = t as TestContext;
  const env = emptyVolume(context);
  const app = await openTestApp(context, { firstLesson: false, env });
  const kept = tempFolder(context);
  for (const [title, text] of [
    ['lighthouse', 'The lighthouse opens at nine in the morning.'],
    ['ferry', 'The ferry to the island leaves twice a day.'],
  ] as const) {
    await teachApp(app, title, text);
    const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
    const file = join(kept, `${entry.name}.tar.zst`);
    copyFileSync(join(env['BACKUP_DIRECTORY'] ?? '', basename(file)), file);
    lost.unshift({ entry, file });
  }
  await app[Symbol.asyncDispose]();
});

/** Puts copies of what is lost into every vault that the environment names. */
async function send(t: TestContext, env: Environment, backups = lost): Promise<void> {
  using opened = await openVaults(parseConfig({ ...emptyVolume(t), ...env }), { threads, clock: Date.now });
  const packing = createPacking({ cipher: opened.cipher, scratchFolder: tempFolder(t) });
  for (const { vault } of opened.vaults) {
    for (const { entry, file } of backups.toReversed()) {
      await using packed = await packing.pack(entry, file);
      await vault.put(packed.copy, packed.file);
    }
  }
}

const vaults: Readonly<
  Record<string, { readonly skip?: string; readonly open: (t: TestContext) => Promise<Environment> }>
> = {
  'GitHub and Git LFS': {
    ...(whyNoGitLfs() === undefined ? {} : { skip: whyNoGitLfs() ?? '' }),
    async open(t) {
      const { url } = await openLfsServer(t);
      return { GITHUB_SYNC_ENABLED: 'true', GITHUB_DATA_REPO: url, GITHUB_TOKEN: TOKEN };
    },
  },
  S3: {
    async open(t) {
      const { endpoint } = await openS3Server(t);
      return {
        S3_ENDPOINT: endpoint,
        S3_BUCKET: BUCKET,
        S3_ACCESS_KEY_ID: KEYS.accessKeyId,
        S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      };
    },
  },
  'a folder': { open: async (t) => ({ VAULT_DIRECTORY: tempFolder(t) }) },
};

async function ask(app: App, question: string): Promise<string> {
  const asked = await personOf(app, 'member').command('ask', { question });
  return (await asked.reply((message) => answered.test(message.content), SLOW)).content;
}

/** What operators were told. */
const told = ({ alerts }: App): string[] => alerts.recent().map(({ words }) => wordsIn('en', words));

for (const [name, { skip, open }] of Object.entries(vaults)) {
  test(
    `volume deleted, bot started: it answers from the newest backup in ${name}`,
    { skip: skip ?? false },
    async (t) => {
      const env = { ...(await open(t)), ...ENCRYPTED };
      await send(t, env);
      const startedAt = performance.now();
      const app = await openTestApp(t, {
        firstLesson: false,
        env: { ...emptyVolume(t), ...env, RESTORE_ON_EMPTY: 'true' },
      });
      const onlineMs = performance.now() - startedAt;
      assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
      const answeredMs = performance.now() - startedAt;
      const [announced = ''] = told(app);
      assert.match(announced, /Restored from .*2 documents/);
      t.diagnostic(`${name}: online after ${Math.round(onlineMs)} ms, answered after ${Math.round(answeredMs)} ms`);
      t.diagnostic(announced);
    },
  );
}
