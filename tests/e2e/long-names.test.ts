import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestBot } from '../support/bot.ts';
import { openTestDiscord } from '../support/playground.ts';
import { openRealKnowledge } from '../support/real-knowledge.ts';

const over = (message: ClientMessage) =>
  !message.thinking && !/^(?:🔎|📖)|(?:Searching|Reading)[^\n]*…$/mu.test(message.content);

test('documents with endless names, addresses and lines are listed, shown, searched and cited', async (t) => {
  const there = await openTestDiscord(t);
  const { library, answers, store } = await openRealKnowledge(t);
  await openTestBot(t, there, { knowledge: { library, answers, settings: store.settings } });
  const morgan = there.as('moderator');
  const addresses = [`https://example.org/${'a'.repeat(370)}`, new URL(`https://example.org/${'あ'.repeat(450)}`).href];
  for (let number = 1; number <= 12; number += 1) {
    const { job } = library.add({
      guildId: there.guildId,
      title: `${'*_`|~'.repeat(number % 2 === 0 ? 36 : 2)} shelf ${number}`,
      name: `${'n'.repeat(190)}.md`,
      url: addresses[number % 2] ?? null,
      content: Buffer.from(
        `# Shelf\n\n## ${'*'.repeat(80)}\n\nCompost is on shelf ${number}.\n\n${'- a\n'.repeat(400)}`,
      ),
      addedBy: there.userIds.moderator,
    });
    assert.ok(job !== null);
    await new Promise<void>((resolve) => library.watchJob(job.id, ({ state }) => state === 'done' && resolve()));
  }
  const replies: Record<string, ClientMessage> = {};
  const keep = async (name: string, message: Promise<ClientMessage>) => (replies[name] = await message);
  await keep('list', (await morgan.command('knowledge list')).reply(over));
  await keep('show', (await morgan.command('knowledge show', { document: '1' })).reply(over));
  await keep('show another', (await morgan.command('knowledge show', { document: '2' })).reply(over));
  await keep('search', (await morgan.command('knowledge search', { text: 'compost: shelf' })).reply(over));
  const asked = await morgan.command('ask', { question: `${'*'.repeat(300)} Which shelf is compost on?` });
  const answer = await keep(
    'ask',
    asked.reply((message) => message.components.length > 0),
  );
  await keep('passages', (await morgan.click(answer, 'Show passages')).reply(over));
  for (const [name, { content }] of Object.entries(replies)) {
    assert.doesNotMatch(content, /incident/, name);
    assert.match(content, /shelf/i, name);
  }
  assert.match(answer.content, /Sources: \[1\] .*shelf|Sources: \[1\] .*\\\*/);
  assert.match(replies['passages']?.content ?? '', /> /, 'the passages are quoted');
});
