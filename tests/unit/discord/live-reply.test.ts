import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError } from 'discord.js';
import type { View } from '../../../src/discord/command.ts';
import { createLiveReply } from '../../../src/discord/live-reply.ts';
import type { Place } from '../../../src/discord/outbox.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function place(onEdit: (view: View) => void = () => {}): Place & { readonly contents: string[] } {
  const contents: string[] = [];
  const put = async (view: View) => {
    onEdit(view);
    contents.push(view.content);
    return `m${contents.length}`;
  };
  return { contents, messageId: null, isPrivate: false, edit: put, send: put, instead: put, withdraw: put };
}

const unexpected = (error: unknown) => assert.fail(String(error));

function unknownMessage(): DiscordAPIError {
  const raw = { code: 10_008, message: 'Unknown Message' };
  return new DiscordAPIError(raw, 10_008, 404, 'PATCH', 'https://discord.example', { files: [], body: {} });
}

test('many states in a second become one edit with the newest of them', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const there = place();
  const reply = createLiveReply(there, 1000, unexpected);
  for (const word of ['a', 'ab', 'abc']) reply.show({ content: word });
  await settled();
  assert.deepEqual(there.contents, ['a'], 'the first state is shown at once');
  t.mock.timers.tick(999);
  await settled();
  assert.deepEqual(there.contents, ['a']);
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(there.contents, ['a', 'abc']);
});

test('the last state is always delivered, after the one on its way, and nothing after it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const there = place();
  const reply = createLiveReply(there, 1000, unexpected);
  reply.show({ content: 'draft' });
  reply.show({ content: 'never seen' });
  const ids: string[] = [];
  await reply.finish({
    content: 'final',
    more: [{ content: 'second' }],
    shownIn: (messageId) => ids.push(messageId),
    sent: () => ids.push('all'),
  });
  t.mock.timers.tick(5000);
  await settled();
  assert.deepEqual(there.contents, ['draft', 'final', 'second']);
  assert.deepEqual(ids, ['m2', 'm3', 'all']);
});

test('a message that was deleted ends the work quietly', async () => {
  const there = place(() => {
    throw unknownMessage();
  });
  const reply = createLiveReply(there, 1000, unexpected);
  reply.show({ content: 'draft' });
  await settled();
  assert.equal(reply.gone.aborted, true);
  await reply.finish({ content: 'final', sent: () => assert.fail('nothing was sent') });
});

test('a state that could not be shown does not stop the next one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const troubles: unknown[] = [];
  let failing = true;
  const there = place(() => {
    if (failing) throw new Error('hiccup');
  });
  const reply = createLiveReply(there, 1000, (error) => troubles.push(error));
  reply.show({ content: 'lost' });
  await settled();
  assert.equal(troubles.length, 1);
  failing = false;
  reply.show({ content: 'shown' });
  t.mock.timers.tick(1000);
  await settled();
  assert.deepEqual(there.contents, ['shown']);
  assert.equal(reply.gone.aborted, false);
  failing = true;
  await assert.rejects(reply.finish({ content: 'final' }), /hiccup/);
});
