import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openTestBot } from '../support/bot.ts';
import { assemble } from '../support/knowledge-parts.ts';
import { openTestDiscord } from '../support/playground.ts';
import { tempStore } from '../support/temp-store.ts';

async function open(t: TestContext, ready: number) {
  const there = await openTestDiscord(t);
  const { library } = assemble(tempStore(t).store);
  const status = (guildId: string) => ({ ...library.status(guildId), documents: ready, ready });
  const { answers } = await openTestBot(t, there, { library: { ...library, status } });
  return { there, answers, mika: there.as('member') };
}

test('a greeting, thanks, and the question what it can do are answered in a friendly way, in their language', async (t) => {
  const { there, answers, mika } = await open(t, 1200);
  const ask = async (question: string) => (await (await mika.command('ask', { question })).reply()).content;
  assert.match(await ask('hello'), /^👋 Hello! Ask me something: I answer from the 1,200 documents that I was taught/);
  assert.match(await ask('何ができますか？'), /^このサーバーの文書をもとに.*現在 1,200 件の文書を覚えています/);

  const mention = async (text: string) => {
    const said = await mika.say(`<@${there.botUserId}> ${text}`);
    return mika.waitForMessage((one) => one.reply?.messageId === said.id);
  };
  assert.match((await mention('ありがとう！')).content, /^どういたしまして！/);
  const abilities = await mention('What can you do?');
  assert.match(abilities.content, /What they do not say, I do not know\. At the moment I know 1,200 documents/);
  const help = await (await mika.click(abilities, 'What I can do')).reply();
  assert.equal(help.ephemeral, true);
  assert.match(help.content, /`\/ask`: ask a question/);
  assert.equal(answers.asked.length, 0);

  await mika.command('ask', { question: 'hello, where is the harbour?' });
  await mika.waitForMessage(({ content }) => content.includes('You asked: hello, where is the harbour?'));
});

test('a bot that was taught nothing says so when it is greeted', async (t) => {
  const { mika } = await open(t, 0);
  assert.match(
    (await (await mika.command('ask', { question: 'hi' })).reply()).content,
    /not been taught anything here yet: moderators do that with `\/knowledge add`/,
  );
});
