import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAllowance } from '../../../src/discord/allowance.ts';
import { createConversation, type ConversationParts } from '../../../src/discord/conversation.ts';
import { createNotices } from '../../../src/discord/notices.ts';
import { createTrouble } from '../../../src/discord/trouble.ts';
import { recordingLog } from '../../support/fake-discord.ts';

test('who asked too much is told once, and once more when that happens again after the time they were told', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'] });
  const { log } = recordingLog();
  const said: string[] = [];
  const reply = createConversation({
    allowance: createAllowance({
      user: { questions: 1, windowMs: 60_000 },
      guild: { questions: 100, windowMs: 60_000 },
    }),
    notices: createNotices(60_000),
    trouble: createTrouble({ log, random: () => 0, clock: Date.now }),
    log,
    outbox: {
      async replyTo(_channel, _message, { content }) {
        said.push(/You have asked/.test(content ?? '') ? 'refused' : 'answered');
        return '1';
      },
    } as Partial<ConversationParts['outbox']> as ConversationParts['outbox'],
    ...({} as Pick<ConversationParts, 'answers' | 'library' | 'line' | 'work'>), // nothing is asked
  });
  const ask = () =>
    reply({
      guildId: 'g',
      channelId: 'c',
      messageId: 'm',
      userId: 'mika',
      level: 'everyone',
      locale: 'en',
      question: '',
      conversation: [],
    });
  await ask();
  t.mock.timers.tick(50_000);
  for (let at = 0; at < 5; at += 1) await ask();
  assert.deepEqual(said, ['answered', 'refused']);
  t.mock.timers.tick(11_000);
  for (let at = 0; at < 5; at += 1) await ask();
  assert.deepEqual(said, ['answered', 'refused', 'answered', 'refused']);
});
