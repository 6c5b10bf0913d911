import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { openPagePlayground } from '../support/browser-playground.ts';
import { connectPageBot } from '../support/page-bot.ts';

const lastMessage = (page: Page) => page.locator('.message').last();
const composer = (page: Page) => page.locator('.composer');
/** Where messages are written and commands begin; a command's form takes its place until the command is sent. */
const write = (page: Page) => page.locator('.composer .write');
const says = (page: Page, text: string | RegExp) => page.locator('.message', { hasText: text }).last().waitFor();

test('the page shows a bot the way Discord does', async (t) => {
  const browser = await useBrowser(t);
  if (!browser) return;
  const playground = await openPagePlayground(t, { acknowledgeWithinMs: 5_000 });
  const bot = await connectPageBot(t, playground);
  const page = await browser.open(playground.origin);

  await t.test('an empty channel says what to try, and a suggestion fills the composer', async () => {
    await page.getByRole('heading', { name: 'Welcome to #general' }).waitFor();
    await page.getByRole('button', { name: /\/ask question: How do I restore a backup\?/ }).click();
    assert.equal(
      await composer(page).getByRole('textbox', { name: 'question' }).inputValue(),
      'How do I restore a backup?',
    );
    await page.keyboard.press('Escape');
    await composer(page).getByRole('textbox', { name: 'Message #general' }).waitFor();
  });

  await t.test('a command is found, filled and sent by keyboard alone, and its answer changes in place', async () => {
    await page.keyboard.type('/a');
    await composer(page)
      .getByRole('option', { name: /^\/ask/ })
      .waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('How do I restore a backup?');
    await page.keyboard.press('Enter');
    await says(page, 'NescordBot is thinking…');
    assert.match((await lastMessage(page).locator('.context').textContent()) ?? '', /^MMika\s*used\s*ask$/);
    bot.step();
    await says(page, 'Searching…');
    bot.step();
    await says(page, 'Use /restore and choose a backup.');
    assert.equal(await page.locator('.message').count(), 1);
    assert.equal(await page.locator('.suggestions').count(), 0);
  });

  await t.test('Markdown becomes elements, and nothing in a message becomes markup', async () => {
    const answer = lastMessage(page);
    assert.equal(await answer.locator('strong').first().textContent(), 'How do I restore a backup?');
    assert.equal(await answer.locator('.code-head span').textContent(), 'sh');
    assert.equal(await answer.locator('small a').getAttribute('href'), 'https://example.org/restore');
    assert.match((await answer.locator('time.timestamp').textContent()) ?? '', /years ago/);
    assert.match((await answer.locator('.markdown').textContent()) ?? '', /<img src=x onerror=/);
    assert.equal(await answer.locator('.markdown img').count(), 0);
  });

  await t.test('a button answers for its presser alone, who can dismiss it', async () => {
    await page.getByRole('button', { name: 'Show passages' }).click();
    await says(page, 'Passage 1 of 3');
    await says(page, 'Only you can see this');
    await page.getByRole('button', { name: 'Dismiss message' }).click();
    await page.getByText('Passage 1 of 3').waitFor({ state: 'detached' });
  });

  await t.test('a button, and a command, that the bot leaves unanswered say that they failed', async () => {
    await page.getByRole('button', { name: 'Hang' }).click();
    await page.locator('.button.pending').waitFor();
    await write(page).fill('/hang ');
    await page.keyboard.press('Enter');
    await page.getByText('This interaction failed').waitFor();
    assert.equal(await page.locator('.button.pending').count(), 0);
    await page.getByText('The application did not respond').waitFor();
    await page.getByRole('button', { name: 'Dismiss message' }).click();
    await page.getByText('The application did not respond').waitFor({ state: 'detached' });
  });

  await t.test('a select menu is used by keyboard', async () => {
    await page.getByRole('combobox', { name: 'Which backup?' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await says(page, 'You chose old.');
  });

  await t.test('a required option that is empty is pointed out, and a whole number must be one', async () => {
    await write(page).fill('/ask ');
    await page.keyboard.press('Enter');
    await page.getByText('This option is required').waitFor();
    await page.keyboard.type('x');
    await page.getByRole('button', { name: 'count' }).click();
    await page.keyboard.type('many');
    await page.keyboard.press('Enter');
    await page.getByText('This must be a number').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('an optional choice is offered after the required one', async () => {
    await write(page).fill('/ask ');
    await page.keyboard.type('a secret');
    await page.keyboard.press('Tab');
    await composer(page).getByRole('option', { name: 'True' }).waitFor();
    await page.keyboard.type('t');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await says(page, 'Psst: a secret');
  });

  await t.test('what is typed after a command whose options may all be left out is not dropped', async () => {
    await write(page).click();
    await page.keyboard.type('/save before the move');
    await page.keyboard.press('Enter');
    await says(page, 'Saved: before the move.');
    await page.keyboard.type('/save ');
    await page.keyboard.press('Enter');
    await says(page, 'Saved: no reason.');
    await page.keyboard.type('/save ');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('typed anew');
    await page.keyboard.press('Enter');
    await says(page, 'Saved: typed anew.');
    await page.keyboard.type('/hang x');
    await page.getByText('/hang takes no text: “x” is left out.').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('mentioning, replying, starting a thread and deleting work as in Discord', async () => {
    await write(page).click();
    await page.keyboard.type('**hello** @nesc');
    await composer(page)
      .getByRole('option', { name: /^NescordBot/ })
      .waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await says(page, 'You said: hello @NescordBot');
    const mine = page.locator('.message', { hasText: /^.*hello @NescordBot$/ }).first();
    assert.equal(await mine.locator('.mention').textContent(), '@NescordBot');

    await lastMessage(page).hover();
    await lastMessage(page).getByRole('button', { name: 'Reply' }).click();
    await page.getByText('Replying to NescordBot').waitFor();
    await page.keyboard.type('and **again**');
    await page.keyboard.press('Enter');
    const sent = page.locator('.message', { hasText: /and again$/ }).first();
    const again = page.locator(`#${await sent.getAttribute('id')}`);
    assert.match((await again.locator('.context').textContent()) ?? '', /^NescordBotYou said: hello/);
    await says(page, 'You said: and again');

    // What a reply quotes is shown without its marks.
    const answer = page.locator('.message', { hasText: 'You said: hello' }).first();
    assert.match((await answer.locator('.context').textContent()) ?? '', /^MMikahello @NescordBot$/);

    await again.hover();
    await again.getByRole('button', { name: 'Create thread' }).click();
    await page.getByLabel('Thread name').fill('Backups and volumes');
    await page.keyboard.press('Enter');
    await page.locator('.channel-head').getByRole('heading', { name: 'Backups and volumes' }).waitFor();
    await page
      .getByRole('navigation', { name: 'Channels' })
      .getByRole('button', { name: 'general', exact: true })
      .click();
    await again.getByRole('button', { name: /Backups and volumes/ }).waitFor();
    await again.hover();
    await again.getByRole('button', { name: 'Delete message' }).click();
    await page.getByText('Original message was deleted').waitFor();
  });

  await t.test('one’s own message is edited in place, and messages get reactions', async () => {
    await composer(page).getByRole('textbox', { name: 'Message #general' }).fill('tpyo');
    await page.keyboard.press('Enter');
    const mine = page.locator('.message', { hasText: /tpyo|typo/ }).last();
    await mine.hover();
    await mine.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Edit message' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('typo');
    await page.keyboard.press('Enter');
    await says(page, /typo.*\(edited\)/);
    await mine.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'React with 🎉' }).click();
    await mine.getByRole('button', { name: 'React with 🎉', pressed: true }).click();
    await mine.locator('.reaction').waitFor({ state: 'detached' });
  });

  await t.test('an app’s message command runs from the message’s menu', async () => {
    const said = page.locator('.message', { hasText: 'You chose old.' });
    await said.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Quote this' }).click();
    await page.locator('.message blockquote', { hasText: 'You chose old.' }).waitFor();
  });

  await t.test('a member has not the moderators’ commands; a moderator fills the form that one opens', async () => {
    await write(page).fill('/nothing');
    await page.getByText('No command matches “/nothing”').waitFor();
    await write(page).fill('/knowledge add');
    const refusal = page.getByText('To use /knowledge, choose Moderator under “Try the bot as”.');
    await refusal.waitFor();
    await page.keyboard.press('Escape');
    await refusal.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await refusal.waitFor();
    assert.equal(await write(page).inputValue(), '/knowledge add', 'it is not sent, and not lost');
    await composer(page).getByRole('button', { name: 'Become the moderator' }).click();
    await page.locator('.who strong', { hasText: 'Morgan' }).waitFor();
    await refusal.waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.with-command').count(), 1, 'what was typed is a command now');
    for (const [persona, name] of [
      ['Member', 'Mika'],
      ['Moderator', 'Morgan'],
    ]) {
      await page
        .locator('.who')
        .getByText(persona ?? '', { exact: true })
        .click();
      await page.locator('.who strong', { hasText: name ?? '' }).waitFor();
    }
    await write(page).fill('/knowledge add ');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Teach a text' });
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Rules');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    assert.equal(await dialog.isVisible(), true, 'the required text is missing');
    await dialog.getByRole('textbox', { name: 'Text' }).fill('Be kind.');
    await page.keyboard.press('Control+Enter');
    await says(page, 'Learned Rules: 8 characters.');
    // What the bot says may come before the word that it has taken the form, which closes it.
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.write:focus').waitFor();
    await page.keyboard.type('on we go');
    assert.equal(await write(page).inputValue(), 'on we go', 'one can write on at once');
  });

  await t.test('the bot’s suggestions appear while one types', async () => {
    await write(page).fill('/knowledge remove ');
    await page.keyboard.type('faq');
    await composer(page).getByRole('option', { name: 'Event FAQ' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await says(page, 'Forgot Event FAQ.');
  });

  await t.test('a file is attached to a command', async () => {
    await write(page).fill('/knowledge add ');
    await page.getByRole('button', { name: 'file', exact: true }).click();
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose or drop a file' }).click();
    await (await chosen).setFiles({ name: 'rules.md', mimeType: 'text/markdown', buffer: Buffer.from('# Be kind\n') });
    // Exactly so it is called once it has arrived; before that, Enter would choose another file.
    await page.getByRole('button', { name: 'rules.md', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await says(page, 'Read rules.md, 10 bytes.');
  });

  await t.test('in Japanese, the page, the commands and the bot speak Japanese', async () => {
    await page.getByText('日本語').click();
    await page.getByText('テキストチャンネル').waitFor();
    await write(page).fill('/as');
    await composer(page)
      .getByRole('option', { name: /このサーバーの知識に質問する/ })
      .click();
    await composer(page).getByRole('textbox', { name: '質問' }).fill('復元するには？');
    await page.keyboard.press('Enter');
    await says(page, 'NescordBot が考え中…');
    bot.step();
    bot.step();
    await says(page, '質問：復元するには？');
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  });
});

test('on a phone the channels are a drawer, and nothing is wider than the screen', async (t) => {
  const browser = await useBrowser(t);
  if (!browser) return;
  const playground = await openPagePlayground(t);
  const page = await browser.open(playground.origin, { viewport: { width: 360, height: 740 }, hasTouch: true });
  const channels = page.getByRole('navigation', { name: 'Channels' });
  assert.equal(await channels.isVisible(), false);
  await page.getByRole('button', { name: 'Show channels' }).click();
  await channels.getByRole('button', { name: 'help' }).click();
  await page.getByRole('heading', { name: 'Welcome to #help' }).waitFor();
  await channels.waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
});

test('when the server goes away the page says so, and picks up again by itself', async (t) => {
  const browser = await useBrowser(t);
  if (!browser) return;
  const first = await openPagePlayground(t);
  const page = await browser.open(first.origin);
  await first.close();
  // What was asked of it just then says the same for a moment.
  const banner = page.locator('.banner', { hasText: 'The server is not answering. Reconnecting…' });
  await banner.waitFor();
  await openPagePlayground(t, { port: Number(new URL(first.origin).port) });
  await banner.waitFor({ state: 'hidden' });
  await page.getByText('NescordBot is offline.').waitFor();
  await page.getByRole('textbox', { name: 'Message #general' }).fill('still here');
  await page.keyboard.press('Enter');
  await says(page, 'still here');
});

test('the page allows nothing but itself, and serves nothing but its own files', async (t) => {
  const { origin } = await openPagePlayground(t);
  const page = await fetch(origin);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'; /);
  const module = await fetch(`${origin}/web/client/dom.ts`);
  assert.match(module.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.doesNotMatch(await module.text(), /interface|: string/);
  for (const path of [
    'serve.ts',
    'tsconfig.json',
    'client/..%2Fserve.ts',
    'client/none.ts',
    'styles/none.css',
    'client',
  ]) {
    assert.equal((await fetch(`${origin}/web/${path}`)).status, 404, path);
  }
});
