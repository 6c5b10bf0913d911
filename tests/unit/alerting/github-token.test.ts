import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGithubToken, repositoryOnGithub } from '../../../src/adapters/github-token/check.ts';
import { answering, cutting, openWebhookReceiver } from '../../support/webhook-receiver.ts';

test('GitHub is asked whether it takes the token and until when; where it cannot be asked, nothing is known', async (t) => {
  const github = await openWebhookReceiver(t);
  const ask = () => checkGithubToken({ token: 'ghp_x', repository: 'mika/bot-data', origin: github.origin });
  const expiring = (text: string) => answering(200, { 'github-authentication-token-expiration': text });
  github.manner = expiring('2027-01-31 00:00:00 UTC');
  assert.deepEqual(await ask(), { state: 'accepted', expiresAt: Date.UTC(2027, 0, 31), movedTo: null });
  github.manner = expiring('2027-01-31 09:00:00 +0900');
  assert.deepEqual(await ask(), { state: 'accepted', expiresAt: Date.UTC(2027, 0, 31), movedTo: null });
  for (const [manner, state] of [
    [answering(200), 'accepted'],
    [expiring('some day'), 'unknown'],
    [answering(401), 'refused'],
    [answering(404), 'unseen'],
    [answering(403), 'unseen'],
    [answering(403, { 'x-ratelimit-remaining': '0' }), 'unknown'],
    [answering(500), 'unknown'],
    [cutting, 'unknown'],
  ] as const) {
    github.manner = manner;
    assert.deepEqual(await ask(), { state, expiresAt: null, movedTo: null });
  }
  assert.equal(github.received[0]?.path, '/repos/mika/bot-data');
});

test('a repository that was renamed hides neither when its token expires nor its new name', async (t) => {
  const github = await openWebhookReceiver(t);
  const elsewhere = await openWebhookReceiver(t);
  const ask = () => checkGithubToken({ token: 'ghp_x', repository: 'mika/bot-data', origin: github.origin });
  const header = { 'github-authentication-token-expiration': '2027-01-31 00:00:00 UTC' };
  const found = { state: 'accepted', expiresAt: Date.UTC(2027, 0, 31), movedTo: 'mika/archive' };
  const full = JSON.stringify({ full_name: 'mika/archive' });
  for (const status of [301, 302, 307, 308]) {
    github.manner = (response, { url }) =>
      void (url === '/repositories/7'
        ? response.writeHead(200, header).end(full)
        : response.writeHead(status, { location: `${github.origin}/repositories/7` }).end());
    assert.deepEqual(await ask(), found, String(status));
  }
  github.manner = (response) => void response.writeHead(200, header).end(full);
  assert.deepEqual(await ask(), found, 'without a redirect');
  github.manner = (response) => void response.writeHead(200, header).end('{"full_name":"Mika/Bot-Data"}');
  assert.deepEqual(await ask(), { ...found, movedTo: null }, 'the same name');
  github.manner = answering(404, header);
  assert.deepEqual(await ask(), { ...found, state: 'unseen', movedTo: null });
  for (const location of [`${elsewhere.origin}/repositories/7`, '/repos/mika/bot-data']) {
    github.manner = answering(301, { location });
    assert.equal((await ask()).state, 'unknown', location);
  }
  assert.deepEqual(elsewhere.received, [], 'the token goes to no other place');
});

test('a repository on GitHub is known however its address is written', () => {
  for (const text of ['mika/bot-data', 'https://github.com/mika/bot-data.git', 'https://GitHub.com/mika/bot-data/'])
    assert.equal(repositoryOnGithub(text), 'mika/bot-data', text);
  for (const text of ['https://git.example.org/mika/bot-data', 'http://127.0.0.1:3000/mika/bot-data'])
    assert.equal(repositoryOnGithub(text), null, text);
});
