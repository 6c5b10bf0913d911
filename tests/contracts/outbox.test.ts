import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox, type Outbox } from '../../src/discord/outbox.ts';
import { recordingOutbox } from '../support/fake-discord.ts';

const key = { id: '1', token: 't', applicationId: 'a' };
const view = { content: 'hello' };

/** Discord as the outbox sees it: each message has an id, an interaction's reply is named in its callback. */
function outboxOfProduction(): Outbox {
  let last = 0;
  const message = async () => ({ id: `m${(last += 1)}` });
  const rest = { post: message, patch: message };
  const interactions = {
    patch: message,
    delete: async () => null,
    post: async () => ({ interaction: { response_message_id: `m${(last += 1)}` }, id: `m${last}` }),
  };
  return createOutbox(rest, interactions);
}

const outboxes: Record<string, () => Outbox> = {
  'the outbox of production': outboxOfProduction,
  'the outbox that keeps everything': () => recordingOutbox().outbox,
};

for (const [name, open] of Object.entries(outboxes)) {
  test(`${name}: each message that goes out has an id of its own, and an update has no new message`, async () => {
    const outbox = open();
    const reply = outbox.interactionReply(key, 'public', null);
    const ids = [
      await outbox.acknowledge(key, 'public'),
      await reply.edit(view),
      await reply.send(view),
      await reply.withdraw(view),
      await outbox.say('c', view),
      await outbox.replyTo('c', 'm', view),
      await outbox.channelMessage('c', 'm').send(view),
    ];
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id ?? '', /^m\d+$/);
    assert.equal(await outbox.acknowledge(key, 'update'), null);
    await outbox.tell(key, view);
    await outbox.suggest(key, []);
  });
}
