import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { CreateMultipartUploadCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createS3Vault } from '../../src/adapters/s3/vault.ts';
import { isAppError } from '../../src/errors.ts';
import { BUCKET, KEYS, openS3Server, type S3Server } from '../support/s3-server.ts';
import { makeCopy, type VaultStage } from '../support/vault-stage.ts';
import { describeVault } from './vault.ts';

const PREFIX = 'nescordbot/';
const MIB = 2 ** 20;

interface S3Stage extends VaultStage {
  readonly server: S3Server;
  readonly direct: S3Client;
}

async function openStage(t: TestContext): Promise<S3Stage> {
  const server = await openS3Server(t);
  const direct = new S3Client({ endpoint: server.direct, region: 'auto', forcePathStyle: true, credentials: KEYS });
  t.after(() => direct.destroy());
  const another = (keys = KEYS, idleMs = 20_000) => {
    const place = { endpoint: server.endpoint, region: 'auto', bucket: BUCKET, prefix: PREFIX };
    const vault = createS3Vault({ ...place, ...keys, idleMs, partBytes: 5 * MIB });
    t.after(() => vault.close());
    return vault;
  };
  const wrong = { ...KEYS, secretAccessKey: 'AnotherSecretThatIsWrong/0123456789+abcd' };
  return {
    server,
    direct,
    vault: another(),
    impatient: another(KEYS, 400),
    another,
    refused: another(wrong),
    secrets: [KEYS.secretAccessKey, wrong.secretAccessKey],
    cut: () => void (server.trouble = 'cut'),
    hang: () => void (server.trouble = 'hang'),
    fill: () => void (server.trouble = 'full'),
    heal: () => void (server.trouble = null),
    async plant(file, text) {
      await direct.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${PREFIX}${file}`, Body: text }));
    },
    async files() {
      const found = await direct.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      return (found.Contents ?? []).map(({ Key }) => (Key ?? '').slice(PREFIX.length));
    },
    leftovers: () => Promise.resolve([...server.unfinished.values()].map(({ key }) => key)),
    async tamper(file) {
      const url = `${server.direct}/${BUCKET}/${PREFIX}${file}`;
      const response = await fetch(url);
      const bytes = Buffer.from(await response.arrayBuffer());
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      const sha256 = response.headers.get('x-amz-meta-sha256') ?? '';
      const params = { Bucket: BUCKET, Key: `${PREFIX}${file}`, Body: bytes, Metadata: { sha256 } };
      await new Upload({ client: direct, params }).done();
    },
  };
}

describeVault('S3', { open: openStage, sizeBytes: 7 * MIB });

test('S3: one connection that breaks costs one part, not the upload, and a download goes on where it was', async (t) => {
  const stage = await openStage(t);
  const { copy, file } = makeCopy(t, 12 * MIB);
  stage.server.trouble = 'cut-once';
  await stage.vault.put(copy, file);
  const parts = stage.server.requests.filter(({ line }) => line.startsWith('PUT') && line.includes('partNumber'));
  assert.equal(parts.length, 4, 'three parts, one of them twice');
  stage.server.trouble = 'cut-once';
  assert.equal((await stage.vault.readBack(copy)).sha256, copy.sha256);
  assert.equal(stage.server.requests.filter(({ headers }) => headers.includes('range')).length, 1);
});

test('S3: no request carries a checksum that R2 or B2 would refuse; every one is signed with that of its body', async (t) => {
  const stage = await openStage(t);
  const { copy, file } = makeCopy(t, 7 * MIB);
  await stage.vault.put(copy, file);
  await stage.vault.list();
  await stage.vault.readBack(copy);
  await stage.vault.delete([copy.name]);
  const sent = new Set(stage.server.requests.flatMap(({ headers }) => headers));
  assert.ok(sent.has('x-amz-content-sha256'));
  assert.deepEqual(
    [...sent].filter((name) => /checksum|trailer|sdk-checksum/.test(name)),
    [],
  );
});

test('S3: parts that a crash left are removed after a day, and those of others never', async (t) => {
  const stage = await openStage(t);
  const { copy, file } = makeCopy(t, 1000);
  const through = new S3Client({
    endpoint: stage.server.endpoint,
    region: 'auto',
    forcePathStyle: true,
    credentials: KEYS,
  });
  t.after(() => through.destroy());
  const begin = (Key: string) => through.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }));
  await begin(`${PREFIX}nescordbot_backup_20261101_000000.tar.zst`);
  await begin(`${PREFIX}film.mp4`);
  await stage.vault.put(copy, file);
  assert.equal((await stage.leftovers()).length, 2, 'it may still be under way');
  const clock = () => Date.now() + 25 * 3_600_000;
  const place = { endpoint: stage.server.endpoint, region: 'auto', bucket: BUCKET, prefix: PREFIX };
  const tomorrow = createS3Vault({ ...place, ...KEYS, clock });
  t.after(() => tomorrow.close());
  await tomorrow.put(copy, file);
  assert.deepEqual(await stage.leftovers(), [`${PREFIX}film.mp4`]);
});

test('S3: an upload that is cancelled while it begins leaves nothing behind', async (t) => {
  const stage = await openStage(t);
  const { copy, file } = makeCopy(t, 7 * MIB);
  const stop = new AbortController();
  stage.server.onBegin = () => stop.abort();
  await assert.rejects(stage.vault.put(copy, file, { signal: stop.signal }), (error) => isAppError(error, 'aborted'));
  assert.deepEqual(await stage.leftovers(), []);
});

test('S3: a bucket that is not there, a busy service and a machine that is off are told apart', async (t) => {
  const stage = await openStage(t);
  const place = { endpoint: stage.server.endpoint, region: 'auto', bucket: 'none-such', prefix: '', ...KEYS };
  const wrongBucket = createS3Vault(place);
  const nobody = createS3Vault({ ...place, endpoint: 'http://127.0.0.1:9' });
  t.after(() => [wrongBucket, nobody].forEach((vault) => vault.close()));
  await assert.rejects(wrongBucket.list(), (error) => isAppError(error, 'config') && /S3_BUCKET/.test(error.message));
  await assert.rejects(nobody.list(), (error) => isAppError(error, 'unavailable') && /S3_ENDPOINT/.test(error.message));
  stage.server.trouble = 'slow-down';
  await assert.rejects(
    stage.vault.list(),
    (error) => isAppError(error, 'unavailable') && error.retryAfterMs === 60_000,
  );
});

const xml = (code: string, more = '') => `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`;

test('S3: every answer that the settings are to blame for says which of them, and what to do', async (t) => {
  const answer = { status: 200, body: '', headers: {} };
  const server = createServer((_, response) => void response.writeHead(answer.status, answer.headers).end(answer.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => [server.closeAllConnections(), server.close()]);
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const place = { region: 'us-east-1', bucket: BUCKET, prefix: PREFIX, ...KEYS };
  const [vault, secure] = ['http', 'https'].map((scheme) =>
    createS3Vault({ ...place, endpoint: `${scheme}://${host}` }),
  );
  t.after(() => [vault, secure].forEach((one) => one?.close()));
  const said = async (status: number, body: string, headers: Record<string, string> = {}) => {
    Object.assign(answer, { status, body, headers });
    const error = await vault?.list().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(isAppError(error), `${status} ${body}`);
    assert.doesNotMatch(error.message, new RegExp(KEYS.secretAccessKey));
    return `${error.code}: ${error.message}`;
  };
  const elsewhere =
    /^config: .* answers, but not as S3 does\. S3_ENDPOINT must be .* without the bucket or another path/;
  assert.match(await said(404, xml('NoSuchKey')), elsewhere);
  assert.match(await said(404, '<html>Not found</html>'), elsewhere);
  assert.match(await said(200, '<html>Console</html>', { 'content-type': 'text/html' }), elsewhere);
  assert.match(await said(405, xml('MethodNotAllowed')), elsewhere);
  assert.match(await said(404, xml('NoSuchBucket')), /^config: .* there is no bucket "bot-backups"\. Create it/);
  assert.match(
    await said(301, xml('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }),
    /^config: .*another region.*Set S3_REGION=eu-west-1;/,
  );
  assert.match(
    await said(400, xml('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>')),
    /^config: .*Set S3_REGION=eu-central-1;/,
  );
  assert.match(await said(403, xml('SignatureDoesNotMatch')), /^forbidden: .*S3_SECRET_ACCESS_KEY does not belong to/);
  assert.match(await said(403, xml('InvalidAccessKeyId')), /^forbidden: .*knows no such S3_ACCESS_KEY_ID/);
  assert.match(await said(403, xml('AccessDenied')), /^forbidden: .*must be allowed to list the bucket/);
  assert.match(await said(403, xml('RequestTimeTooSkewed')), /^config: .*clock is wrong\. Set the time/);
  assert.match(await said(502, '<html>Bad gateway</html>'), /^unavailable: .*tried again later/);
  await assert.rejects(secure?.list() ?? Promise.resolve(), /speaks no https at the port that S3_ENDPOINT names/);
});
