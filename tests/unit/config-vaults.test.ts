import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../src/config.ts';
import { problemsOf } from '../support/config-problems.ts';

const GITHUB = { GITHUB_SYNC_ENABLED: 'true', GITHUB_DATA_REPO: 'mika/bot-data', GITHUB_TOKEN: 'ghp_0123456789' };
const S3 = {
  S3_BUCKET: 'bot-backups',
  S3_ACCESS_KEY_ID: 'AKIA1',
  S3_SECRET_ACCESS_KEY: 'abc/def',
  S3_REGION: 'eu-west-1',
};
const PASSPHRASE = { BACKUP_AGE_PASSPHRASE: 'correct horse battery staple' };
const RECIPIENT = { BACKUP_AGE_RECIPIENTS: `age1${'q'.repeat(58)}` };
const IDENTITY = { BACKUP_AGE_IDENTITY: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` };

test('without any of their variables there is no vault and no encryption', () => {
  const { vaults, encryption } = parseConfig({});
  assert.deepEqual(vaults, { github: null, s3: null, folder: null, verifyBytesPerDay: 100_000_000 });
  assert.equal(encryption, null);
});

test('each vault is read with what it needs, and GitHub only when it is switched on', () => {
  const { vaults } = parseConfig({ ...GITHUB, ...S3, S3_PREFIX: '/a/b', VAULT_DIRECTORY: '/mnt/nas', VAULT_KEEP: '7' });
  assert.deepEqual(vaults.github, { repository: 'mika/bot-data', token: 'ghp_0123456789', branch: 'main', keep: 10 });
  assert.deepEqual(vaults.s3, {
    endpoint: null,
    region: 'eu-west-1',
    bucket: 'bot-backups',
    prefix: 'a/b/',
    accessKeyId: 'AKIA1',
    secretAccessKey: 'abc/def',
    keep: 30,
  });
  assert.deepEqual(vaults.folder, { directory: '/mnt/nas', keep: 7 });
  assert.equal(parseConfig({ ...GITHUB, GITHUB_SYNC_ENABLED: 'false' }).vaults.github, null);
  assert.equal(parseConfig({ ...S3, S3_PREFIX: '/' }).vaults.s3?.prefix, '');
});

test('the region of a service is taken from its address where that tells it', () => {
  const { S3_REGION: _, ...keys } = S3;
  const region = (endpoint: string) => parseConfig({ ...keys, S3_ENDPOINT: endpoint }).vaults.s3?.region;
  assert.equal(region('https://s3.us-west-004.backblazeb2.com'), 'us-west-004');
  assert.equal(region('https://abc.r2.cloudflarestorage.com'), 'auto');
  assert.equal(region('https://storage.railway.app'), 'auto');
  assert.equal(region('http://minio:9000'), 'us-east-1');
});

test('the address of a bucket, as the pages of services show it, is taken for that of the service', () => {
  const { S3_REGION: _, ...keys } = S3;
  const read = (endpoint: string) => parseConfig({ ...keys, S3_ENDPOINT: endpoint }).vaults.s3;
  for (const [shown, endpoint, region] of [
    ['https://abc123.r2.cloudflarestorage.com/bot-backups', 'https://abc123.r2.cloudflarestorage.com', 'auto'],
    ['https://abc123.eu.r2.cloudflarestorage.com/bot-backups/', 'https://abc123.eu.r2.cloudflarestorage.com', 'auto'],
    ['http://127.0.0.1:3966/bot-backups', 'http://127.0.0.1:3966', 'us-east-1'],
    ['http://minio:9000/', 'http://minio:9000', 'us-east-1'],
    ['https://db.supabase.co/storage/v1/s3', 'https://db.supabase.co/storage/v1/s3', 'us-east-1'],
    ['https://bot-backups.s3.eu-west-1.amazonaws.com', 'https://s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://bot-backups.s3.us-west-004.backblazeb2.com', 'https://s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['https://bot-backups.fra1.digitaloceanspaces.com', 'https://fra1.digitaloceanspaces.com', 'us-east-1'],
    ['https://bot-backups.storageapi.dev', 'https://storageapi.dev', 'auto'],
    ['https://bot-backups.example.org', 'https://bot-backups.example.org', 'us-east-1'],
  ] as const) {
    const s3 = read(shown);
    assert.deepEqual([s3?.endpoint, s3?.region], [endpoint, region], shown);
  }
});

test('an address that has another bucket, more than the bucket, or another region is refused with what to write', () => {
  const r2 = 'https://abc123.r2.cloudflarestorage.com';
  for (const [change, expected] of [
    [
      { S3_ENDPOINT: `${r2}/other` },
      /without a bucket, .*: write S3_ENDPOINT=https:\/\/abc123\.r2\.cloudflarestorage\.com\./,
    ],
    [
      { S3_ENDPOINT: `${r2}/bot-backups/copies` },
      /S3_BUCKET and more in it; .* put what comes after the bucket in S3_PREFIX/,
    ],
    [
      { S3_ENDPOINT: 'https://other.s3.eu-west-1.amazonaws.com' },
      /write S3_ENDPOINT=https:\/\/s3\.eu-west-1\.amazonaws\.com\./,
    ],
    [{ S3_ENDPOINT: 'https://s3.us-east-2.amazonaws.com' }, /S3_REGION is eu-west-1, but S3_ENDPOINT is in us-east-2/],
    [{ S3_ENDPOINT: 'abc123.r2.cloudflarestorage.com' }, /S3_ENDPOINT must be a web address such as https:\/\//],
    [{ S3_ENDPOINT: 'minio:9000' }, /S3_ENDPOINT must be a web address/],
    [{ S3_ENDPOINT: `${r2}/?x=1` }, /S3_ENDPOINT must be an address without \? and #/],
    [{ S3_REGION: 'https://s3.eu-west-1.amazonaws.com' }, /S3_REGION must be the short name of a region/],
    [{ S3_BUCKET: 'bot-backups/copies' }, /S3_BUCKET must be the name of a bucket alone/],
  ] as const) {
    const problem = problemsOf({ ...S3, ...change });
    assert.match(problem, expected);
    assert.match(problem, /has a mistake/, problem);
  }
});

test('every combination that cannot work is refused with the way out', () => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { GITHUB_SYNC_ENABLED: 'true' },
      /GITHUB_SYNC_ENABLED is true without GITHUB_DATA_REPO and GITHUB_TOKEN; set both/,
    ],
    [{ ...GITHUB, GITHUB_TOKEN: '' }, /without GITHUB_TOKEN; set it/],
    [{ ...GITHUB, GITHUB_DATA_REPO: 'bot-data' }, /GITHUB_DATA_REPO must be owner\/name, or an https address/],
    [{ ...GITHUB, GITHUB_DATA_REPO: 'http://git.example.org/a/b' }, /GITHUB_DATA_REPO must be/],
    [{ ...GITHUB, GITHUB_BRANCH: '../main' }, /GITHUB_BRANCH must be the name of a branch/],
    [
      { S3_BUCKET: 'bot-backups', S3_REGION: 'eu-west-1' },
      /S3_BUCKET is set without S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/,
    ],
    [{ S3_ENDPOINT: 'https://s3.example.org' }, /S3_ENDPOINT is set without S3_BUCKET and/],
    [{ ...S3, S3_REGION: '' }, /AWS needs S3_REGION, other services S3_ENDPOINT/],
    [{ ...S3, S3_PREFIX: 'a/../b' }, /S3_PREFIX must be/],
    [{ VAULT_DIRECTORY: 'backups' }, /VAULT_DIRECTORY must be the whole path/],
    [{ VAULT_DIRECTORY: '/srv/b/copies', BACKUP_DIRECTORY: '/srv/b' }, /a copy beside the original is none/],
    [{ BACKUP_AGE_PASSPHRASE: 'short' }, /BACKUP_AGE_PASSPHRASE must be at least 16 characters/],
    [{ ...PASSPHRASE, ...RECIPIENT }, /are both set; age encrypts by one of them/],
    [IDENTITY, /BACKUP_AGE_IDENTITY is set without BACKUP_AGE_RECIPIENTS/],
    [{ BACKUP_AGE_RECIPIENTS: 'ssh-ed25519 AAAA' }, /BACKUP_AGE_RECIPIENTS must be public keys that begin with age1/],
    [{ BACKUP_ENCRYPT_LOCAL: 'true' }, /BACKUP_ENCRYPT_LOCAL is true without a key/],
    [{ ...RECIPIENT, BACKUP_ENCRYPT_LOCAL: 'true' }, /could restore none of its own backups/],
  ];
  for (const [environment, expected] of cases) {
    const problem = problemsOf(environment);
    assert.match(problem, expected);
    assert.match(problem, /has a mistake/, `one mistake is told once: ${problem}`);
  }
});

test('a start on an empty volume can restore only where there is a vault to restore from', () => {
  const RESTORE_ON_EMPTY = 'true';
  assert.equal(parseConfig({}).storage.restoreOnEmpty, false);
  assert.match(problemsOf({ RESTORE_ON_EMPTY }), /RESTORE_ON_EMPTY is true without a vault to restore from/);
  for (const vault of [GITHUB, S3, { VAULT_DIRECTORY: '/mnt/nas' }]) {
    assert.equal(parseConfig({ RESTORE_ON_EMPTY, ...vault }).storage.restoreOnEmpty, true);
    assert.equal(parseConfig(vault).storage.restoreOnEmpty, true, 'by itself, too');
    assert.equal(parseConfig({ ...vault, RESTORE_ON_EMPTY: 'false' }).storage.restoreOnEmpty, false);
  }
});

test('a passphrase, or recipients with or without their secret key, is a complete encryption', () => {
  const key = (environment: Record<string, string>) => parseConfig(environment).encryption?.key;
  assert.equal(key(PASSPHRASE)?.passphrase, PASSPHRASE.BACKUP_AGE_PASSPHRASE);
  assert.deepEqual(key(RECIPIENT)?.identities, []);
  assert.equal(key({ ...RECIPIENT, ...IDENTITY })?.identities.length, 1);
  assert.equal(parseConfig({ ...PASSPHRASE, BACKUP_ENCRYPT_LOCAL: 'yes' }).encryption?.encryptLocal, true);
});

test('credentials of vaults are never shown in a problem', () => {
  const shown = problemsOf({
    GITHUB_DATA_REPO: 'https://mika:ghp_secret@github.com/mika/bot-data',
    BACKUP_AGE_PASSPHRASE: 'hunter2',
    BACKUP_AGE_IDENTITY: 'AGE-SECRET-KEY-1SHORT',
    S3_SECRET_ACCESS_KEY: 'two words',
  });
  assert.doesNotMatch(shown, /ghp_secret|hunter2|SHORT|two words/);
});
