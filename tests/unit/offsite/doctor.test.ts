import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkVaults } from '../../../src/app/doctor/vaults.ts';
import { parseConfig } from '../../../src/config.ts';
import { tempFolder } from '../../support/temp-store.ts';

test('the doctor asks each vault what it holds, and says so when there is none', async (t) => {
  const folder = tempFolder(t);
  const found = (env: Readonly<Record<string, string>>) => checkVaults(parseConfig({ DATA_DIR: folder, ...env }));
  const [none] = await found({});
  assert.deepEqual([none?.verdict, none?.detail], ['warn', 'none, and a volume is not a backup']);
  const nas = join(folder, 'nas');
  const [missing] = await found({ VAULT_DIRECTORY: nas });
  assert.equal(missing?.verdict, 'fail');
  assert.match(missing.detail, /nas/);
  mkdirSync(nas);
  const [empty] = await found({ VAULT_DIRECTORY: nas });
  assert.deepEqual([empty?.check, empty?.verdict, empty?.detail], [`off-site copies in ${nas}`, 'ok', '0']);
  const s3 = { S3_ENDPOINT: 'http://127.0.0.1:9', S3_BUCKET: 'bot', S3_ACCESS_KEY_ID: 'AKIATESTKEYID0000001' };
  const [down] = await found({ ...s3, S3_SECRET_ACCESS_KEY: 'SecretThatMustNeverBeSeen/0123456789+abc' });
  assert.equal(down?.verdict, 'fail');
  assert.doesNotMatch(JSON.stringify(down), /SecretThat/);
});
