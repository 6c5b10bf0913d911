import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { createAgeCipher } from '../../src/adapters/age/cipher.ts';
import { openVaults } from '../../src/app/vaults.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import type { StateIdentity } from '../../src/backup/state-model.ts';
import { createPacking } from '../../src/backup/vault/packing.ts';
import { parseConfig } from '../../src/config.ts';
import { isAppError, wordsIn } from '../../src/errors.ts';
import { aliceVariables } from './age-keys.ts';
import { BUCKET, KEYS, openS3Server } from './s3-server.ts';
import { emptyFolder, start, type Start } from './start-stage.ts';
import { tempFolder } from './temp-store.ts';
import { backupThreads as threads } from './threads.ts';

type Environment = Readonly<Record<string, string>>;
type Situation = (t: TestContext) => Promise<readonly string[]>;

const S3 = {
  S3_BUCKET: BUCKET,
  S3_ACCESS_KEY_ID: KEYS.accessKeyId,
  S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
};

async function headerOfAnotherKey(t: TestContext): Promise<string> {
  const [plain, file] = ['plain', 'encrypted'].map((name) => join(tempFolder(t), name)) as [string, string];
  const key = {
    passphrase: null,
    recipients: ['age1ky9vp9r2tlujj5k7vzp2ggx0q62zpamhmk2qcw2k8sptzt4j339sh06re7'],
    identities: [],
  };
  const cipher = createAgeCipher({ threads, key });
  writeFileSync(plain, 'anything');
  await cipher.encrypt(plain, file);
  return cipher.header(file);
}

/** Two backups of a bot, the newer of which knows of the ferry; made once. */
interface Lost {
  readonly entry: BackupEntry;
  readonly file: string;
}
let lost: Promise<readonly Lost[]> | null = null;
const lostFolder = mkdtempSync(join(tmpdir(), 'nescordbot-lost-'));
after(() => rmSync(lostFolder, { recursive: true, force: true }));

async function lose(t: TestContext): Promise<readonly Lost[]> {
  await using bot = await start(t, { DATA_DIR: lostFolder });
  const made: Lost[] = [];
  for (const title of ['lighthouse', 'ferry']) {
    await bot.teach(title);
    const name = await bot.backUp();
    const entry = (await bot.backups()).find((one) => one.name === name) ?? assert.fail();
    made.unshift({ entry, file: join(lostFolder, 'backups', `${name}.tar.zst`) });
  }
  return made;
}

/** A vault folder with those backups, and an empty volume. */
async function stage(t: TestContext, key: Environment = {}) {
  const root = tempFolder(t);
  const vault = emptyFolder(root, 'vault');
  const env = { DATA_DIR: emptyFolder(root, 'data'), VAULT_DIRECTORY: vault, ...key };
  using opened = await openVaults(parseConfig(env), { threads, clock: Date.now });
  const packing = createPacking({ cipher: opened.cipher, scratchFolder: emptyFolder(root, 'scratch') });
  const backups = await (lost ??= lose(t));
  for (const { entry, file } of backups.toReversed()) {
    await using packed = await packing.pack(entry, file);
    for (const { vault: place } of opened.vaults) await place.put(packed.copy, packed.file);
  }
  const volume = () => {
    rmSync(env.DATA_DIR, { recursive: true, force: true });
    emptyFolder(root, 'data');
    return env;
  };
  return { root, vault, names: backups.map(({ entry }) => entry.name), env: volume(), volume };
}

/** What is stored is cut off, and so is what tells how long it was. */
function spoil(vault: string, name = ''): void {
  for (const file of readdirSync(vault).filter((one) => one.startsWith(name) && /\.tar\.zst(\.age)?$/.test(one))) {
    truncateSync(join(vault, file), 300);
    rmSync(join(vault, `${file}.sha256`), { force: true });
  }
}

/** As if another version, or another bot, had made the copy. */
function rewriteNote(vault: string, name = '', change: (identity: object) => object | null): void {
  const file = join(vault, `${name}.manifest.json`);
  const note = JSON.parse(readFileSync(file, 'utf8')) as { identity: object };
  writeFileSync(file, JSON.stringify({ ...note, identity: change(note.identity) }));
}

const restoring = { RESTORE_ON_EMPTY: 'true' };
const keeping = { RESTORE_ON_EMPTY: 'false' };
const titles = (bot: Start): string[] => bot.titles().toSorted();

function restored(bot: Start, expected: readonly string[]): readonly string[] {
  assert.equal(bot.error, null, bot.lines.join('\n'));
  assert.deepEqual(titles(bot), expected);
  return bot.lines;
}

function refused(
  { error, lines }: Start,
  code: string,
  { DATA_DIR }: { readonly DATA_DIR: string },
): readonly string[] {
  assert.ok(isAppError(error) && error.code === code, lines.join('\n'));
  assert.ok(!existsSync(join(DATA_DIR, 'nescordbot.db')), 'no database was begun');
  return lines;
}

/** With vaults, where the database is gone. */
export const emptyVolumeSituations: Readonly<Record<string, Situation>> = {
  async 'Everything is empty, backups are off the machine, and RESTORE_ON_EMPTY is off'(t) {
    const { env } = await stage(t);
    return refused(await start(t, { ...env, ...keeping }), 'config', env);
  },

  async 'Everything is empty, the vault cannot be asked, and RESTORE_ON_EMPTY is off'(t) {
    const env = { DATA_DIR: tempFolder(t), VAULT_DIRECTORY: join(tempFolder(t), 'not-mounted'), ...keeping };
    await using bot = await start(t, env);
    return restored(bot, []);
  },

  async 'RESTORE_ON_EMPTY is on, and the volume is empty'(t) {
    const { env, names } = await stage(t);
    await using bot = await start(t, env); // it is by itself where there is a vault
    assert.match(wordsIn('en', bot.restored ?? ''), new RegExp(`Restored from /.*: ${names[0]}, .*2 documents`));
    const root = readdirSync(env.DATA_DIR);
    assert.deepEqual(
      root.filter((name) => /stage|before|journal/.test(name)),
      [],
    );
    assert.equal(await bot.vectors(), 2);
    await bot[Symbol.asyncDispose]();
    await using again = await start(t, { ...env, ...restoring });
    assert.equal(again.restored, null, 'what is there is never restored over');
    restored(again, ['ferry', 'lighthouse']);
    return bot.lines;
  },

  async 'RESTORE_ON_EMPTY is on, and the newest copy is damaged'(t) {
    const { env, vault, names } = await stage(t);
    spoil(vault, names[0]);
    await using bot = await start(t, { ...env, ...restoring });
    assert.match(wordsIn('en', bot.restored ?? ''), new RegExp(`${names[1]}.*Of no use: ${names[0]}`));
    return restored(bot, ['lighthouse']);
  },

  async 'RESTORE_ON_EMPTY is on, and no copy can be used'(t) {
    const { env, vault, volume } = await stage(t);
    spoil(vault);
    const lines = refused(await start(t, { ...env, ...restoring }), 'damaged', env);
    await using allowed = await start(t, { ...volume(), ...restoring, ALLOW_EMPTY_START: 'true' });
    assert.ok(allowed.lines.some((line) => /the bot begins with an empty one/.test(line)));
    restored(allowed, []);
    return lines;
  },

  async 'RESTORE_ON_EMPTY is on, and the vault cannot be asked'(t) {
    const env = { DATA_DIR: tempFolder(t), VAULT_DIRECTORY: join(tempFolder(t), 'not-mounted') };
    return refused(await start(t, { ...env, ...restoring }), 'unavailable', env);
  },

  async 'RESTORE_ON_EMPTY is on, and one of two vaults is silent'(t) {
    const { env, names } = await stage(t);
    const silent = { ...S3, S3_ENDPOINT: 'http://127.0.0.1:1' };
    await using bot = await start(t, { ...env, ...silent, ...restoring });
    assert.match(wordsIn('en', bot.restored ?? ''), new RegExp(`${names[0]}.*S3 127.* could not be asked and may`));
    assert.equal(bot.lines.filter((line) => /may have a newer backup .*asking again/.test(line)).length, 2);
    return restored(bot, ['ferry', 'lighthouse']);
  },

  async 'RESTORE_ON_EMPTY is on, and one of two vaults refuses'(t) {
    const { endpoint } = await openS3Server(t);
    const { env, vault, names } = await stage(t, { ...aliceVariables, ...S3, S3_ENDPOINT: endpoint });
    // The nearest one has a copy that was made with another key.
    const strange = await headerOfAnotherKey(t);
    const note = join(vault, `${names[0]}.manifest.json`);
    writeFileSync(note, readFileSync(note, 'utf8').replace(/"header": "[^"]+"/, `"header": "${strange}"`));
    await using bot = await start(t, { ...env, ...restoring });
    assert.match(wordsIn('en', bot.restored ?? ''), new RegExp(`Restored from S3 .*${names[0]}`));
    return restored(bot, ['ferry', 'lighthouse']);
  },

  async 'RESTORE_ON_EMPTY is on, and the copies are of another key'(t) {
    const { env } = await stage(t, aliceVariables);
    const { BACKUP_AGE_RECIPIENTS, BACKUP_AGE_IDENTITY, ...none } = env as Environment;
    const other = { ...none, BACKUP_AGE_PASSPHRASE: 'correct horse battery staple' };
    const { DATA_DIR = '' } = none;
    for (const wrong of [none, { ...none, BACKUP_AGE_RECIPIENTS: BACKUP_AGE_RECIPIENTS ?? '' }])
      refused(await start(t, { ...wrong, ...restoring }), 'config', { DATA_DIR });
    const lines = refused(await start(t, { ...other, ...restoring }), 'forbidden', { DATA_DIR });
    assert.ok(BACKUP_AGE_IDENTITY !== undefined && !lines.join('\n').includes(BACKUP_AGE_IDENTITY));
    return lines;
  },

  async 'RESTORE_ON_EMPTY is on, and there is no backup anywhere'(t) {
    await using bot = await start(t, { DATA_DIR: tempFolder(t), VAULT_DIRECTORY: tempFolder(t), ...restoring });
    return restored(bot, []);
  },

  async "The vault has another bot's backups, and those of a version that gave no identity"(t) {
    const { env, vault, names, volume } = await stage(t);
    let installationId = '';
    rewriteNote(vault, names[0], (identity) => {
      ({ installationId } = identity as StateIdentity);
      return identity;
    });
    rewriteNote(vault, names[1], () => null);
    // For a bot of another application, that is.
    const another = { DISCORD_TOKEN: `${Buffer.from('100000000000000099').toString('base64')}.x.y` };
    const lines = refused(await start(t, { ...env, ...another }), 'config', env);
    assert.equal(lines.filter((line) => names.some((name) => line.includes(name))).length, 2, 'each is listed');
    {
      await using chosen = await start(t, { ...volume(), ...another, RESTORE_INSTALLATION: 'without-identity' });
      restored(chosen, ['lighthouse']);
    }
    await using others = await start(t, {
      ...volume(),
      ...another,
      RESTORE_INSTALLATION: installationId.slice(0, 8),
    });
    restored(others, ['ferry', 'lighthouse']);
    return lines;
  },

  async 'Two bots have gone on from one state, and the volume is empty'(t) {
    const { env, vault, names } = await stage(t);
    rewriteNote(vault, names[0], (identity) => {
      const { lineage } = identity as StateIdentity;
      return { ...identity, lineage: lineage.map((timeline) => Object.assign(timeline, { id: 'another-bots' })) };
    });
    const lines = refused(await start(t, env), 'config', env); // which ends with the code that asks for a person
    const told = lines.flatMap((line) => line.split('\n')).filter((line) => /made .*, installation /.test(line));
    assert.equal(told.length, 2, told.join('\n'));
    for (const name of names) assert.ok(told.some((line) => line.includes(name)));
    return lines;
  },

  async 'A crash while it restored to an empty volume'(t) {
    const { env, volume, root, names } = await stage(t);
    const full = await start(t, { ...env, ...restoring });
    await full[Symbol.asyncDispose]();
    // What a kill leaves at its worst: all of it moved into its place, and nobody who said that it is right.
    const half = emptyFolder(root, 'half');
    for (const name of ['nescordbot.db', 'chromadb'])
      cpSync(join(env.DATA_DIR, name), join(half, name), { recursive: true });
    const killed = () => cpSync(half, volume().DATA_DIR, { recursive: true });
    const journal = {
      format: 1,
      id: '20261121t093005-1a2b3c4d',
      backup: names[0],
      safety: null,
      startedAt: 0,
      confirmed: false,
      before: { sqlite: [], chroma: [] },
    };
    const journalFile = join(env.DATA_DIR, '.nescordbot.db.restore-journal.json');
    killed();
    writeFileSync(journalFile, JSON.stringify(journal));
    // Without the variable, it is as empty as it was, and not taken for a first start.
    refused(await start(t, { ...env, ...keeping }), 'config', env);
    killed();
    writeFileSync(journalFile, JSON.stringify(journal));
    await using bot = await start(t, { ...env, ...restoring });
    restored(bot, ['ferry', 'lighthouse']);
    return [...bot.lines, wordsIn('en', bot.premises?.recovery.words ?? '')];
  },
};
