import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import { restoring } from '../../src/app/refusals.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestBot } from '../support/bot.ts';
import { createScriptedAnswers } from '../support/fake-answers.ts';
import { assemble } from '../support/knowledge-parts.ts';
import { openTestDiscord } from '../support/playground.ts';
import { tempStore } from '../support/temp-store.ts';

/** A bot whose library refuses with `failure` to learn. */
async function house(t: TestContext, failure: Error = restoring()) {
  const there = await openTestDiscord(t);
  const answers = createScriptedAnswers();
  const add = () => {
    throw failure;
  };
  const { library } = assemble(tempStore(t).store);
  const bot = await openTestBot(t, there, { library: { ...library, add }, answers });
  /** What somebody else finds in the channel. */
  const inPublic = async () => (await there.as('member').messages()).filter(({ author }) => author.bot);
  const attached = async ({ attachments }: ClientMessage) =>
    Object.fromEntries(
      await Promise.all(
        attachments.map(async ({ filename, url }) => [
          filename,
          await (await fetch(new URL(url, there.origin))).text(),
        ]),
      ),
    );
  return { there, ...bot, answers, inPublic, attached };
}

test('what a person gave, or the moment, refuses them alone, and leaves nothing in the channel', async (t) => {
  const { there, script, inPublic } = await house(t);
  const morgan = there.as('moderator');
  const refused = async (name: string, options: Record<string, string>) =>
    (await (await morgan.command(name, options)).refusal()).content;
  assert.match(await refused('restore', { backup: 'nonsense' }), /^⚠️ There is no backup nonsense(?!.*incident)/);
  const picture = await morgan.upload('picture.png', 'PNG');
  assert.match(await refused('knowledge add', { file: picture }), /^⚠️ I read \.md and \.txt files/);
  const rules = await morgan.upload('rules.md', '# Rules');
  assert.match(await refused('knowledge add', { file: rules }), /^⚠️ I am restoring a backup/);
  assert.match(await refused('knowledge add', { file: rules, link: 'nowhere' }), /is not a web address/);
  script.failure = new AppError('conflict', { en: 'Not as things stand.', ja: '…' });
  assert.match(await refused('backup', {}), /^⚠️ Not as things stand\.$/);

  const map = await morgan.say('', { uploadIds: [await morgan.upload('map.md', 'A map')] });
  const asked = await morgan.contextMenu('Answer this', map.id);
  assert.match((await asked.refusal()).content, /^⚠️ That message has no text to answer/);
  assert.deepEqual(await inPublic(), []);
});

test('what is nobody’s mistake stays where the answer would have been', async (t) => {
  const { there, script, inPublic } = await house(t);
  const morgan = there.as('moderator');
  script.failure = new AppError('limit', { en: 'The disk is full.', ja: 'ディスクがいっぱいです。' });
  const full = await (await morgan.command('backup')).reply(({ content }) => content.startsWith('⚠️'));
  assert.equal(full.content, '⚠️ The disk is full.');
  const defect = await (
    await morgan.command('ask', { question: 'boom' })
  ).reply(({ content }) => content.startsWith('⚠️'));
  assert.match(defect.content, /incident/);
  assert.deepEqual(
    (await inPublic()).map(({ id }) => id),
    [full.id, defect.id],
  );
});

for (const [why, failure] of [
  ['a restore', restoring()],
  ['a full disk', new AppError('limit', { en: 'The disk is full.', ja: 'ディスクがいっぱいです。' })],
  ['a defect', new Error('the secret cause')],
] as const) {
  test(`a form that ${why} comes in the way of gives back what was typed, to the person alone`, async (t) => {
    const { there, inPublic, attached } = await house(t, failure);
    const text = `# 規約\n\n${'長い文章です。'.repeat(500)}`;
    for (const [locale, words] of [
      ['en', /\nWhat you typed is attached/],
      ['ja', /\n入力いただいた内容を添付しました/],
    ] as const) {
      const form = await (await there.as('moderator', { locale }).command('knowledge add')).modal();
      const told = await (await form.submit({ title: 'Rules', text, link: '' })).refusal();
      assert.match(told.content, words);
      assert.deepEqual(await attached(told), { 'title.md': 'Rules', 'text.md': text });
    }
    assert.deepEqual(await inPublic(), []);
  });
}
