import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGithubToken } from '../../../src/adapters/github-token/check.ts';
import { answering, cutting, openWebhookReceiver } from '../../support/webhook-receiver.ts';

test('GitHub is asked whether it takes the token and until when; where it cannot be asked, nothing is known', async (t) => {
  const github = await openWebhookReceiver(t);
  const ask = () => checkGithubToken({ token: 'ghp_x', repository: 'mika/bot-data', origin: github.origin });
  const expiring = (text: string) => answering(200, { 'github-authentication-token-expiration': text });
  github.manner = expiring('2027-01-31 00:00:00 UTC');
  assert.deepEqual(await ask(), { state: 'accepted', expiresAt: Date.UTC(2027, 0, 31) });
  github.manner = expiring('2027-01-31 09:00:00 +0900');
  assert.deepEqual(await ask(), { state: 'accepted', expiresAt: Date.UTC(2027, 0, 31) });
  for (const [manner, state] of [
    [answering(200), 'accepted'],
    [expiring('some day'), 'accepted'],
    [answering(401), 'refused'],
    [answering(404), 'unknown'],
    [answering(500), 'unknown'],
    [cutting, 'unknown'],
  ] as const) {
    github.manner = manner;
    assert.deepEqual(await ask(), { state, expiresAt: null });
  }
  assert.equal(github.received[0]?.path, '/repos/mika/bot-data');
});
