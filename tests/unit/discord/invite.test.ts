import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { inviteLink, missingPermissions } from '../../../src/discord/invite.ts';

test('the invite link asks for two scopes and four permissions, and nothing else', () => {
  const { origin, pathname, searchParams } = new URL(inviteLink('123'));
  assert.equal(origin + pathname, 'https://discord.com/oauth2/authorize');
  const { ViewChannel, SendMessages, SendMessagesInThreads, ReadMessageHistory } = PermissionFlagsBits;
  assert.deepEqual(Object.fromEntries(searchParams), {
    client_id: '123',
    permissions: String(ViewChannel | SendMessages | SendMessagesInThreads | ReadMessageHistory),
    scope: 'bot applications.commands',
  });
});

test('an administrator lacks nothing, and others what they were not given', () => {
  assert.deepEqual(missingPermissions(PermissionFlagsBits.Administrator), []);
  const { ViewChannel, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  assert.deepEqual(missingPermissions(ViewChannel | SendMessages | SendMessagesInThreads), ['Read Message History']);
});
