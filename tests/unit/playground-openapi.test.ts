import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discordRequestChecker } from '../support/discord-openapi.ts';

const check = discordRequestChecker();
const skip = check === null ? 'the optional folder of evaluation data is absent' : false;

test('the checker accepts what Discord accepts and names what it does not', { skip }, () => {
  const template = '/channels/{channel_id}/messages';
  const request = (body: unknown, more = {}) =>
    check?.({ method: 'POST', path: '/channels/1/messages', template, body, ...more });
  assert.equal(request({ content: 'Hello', allowed_mentions: { parse: [] } }), null);
  assert.match(request({ content: 7 }) ?? '', /POST \/channels\/1\/messages: .*content/);
  assert.match(request({ content: 'x'.repeat(4_001) }) ?? '', /content/);
  assert.match(request({}, { template: '/no/such/path' }) ?? '', /not in Discord's specification/);
});
