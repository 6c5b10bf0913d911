import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { EXAMPLE_DAYS } from '../../src/app/example-questions.ts';
import { axeFindings } from '../support/axe.ts';
import { useBrowser } from '../support/browser.ts';
import { linkOf, openExampleApp } from '../support/dashboard.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const VIEWS = [
  { viewport: DESKTOP, lang: 'en', locale: 'en-US' },
  { viewport: PHONE, lang: 'ja', locale: 'ja-JP' },
] as const;

const lastMessage = (page: Page) => page.locator('.message').last();

test('axe finds nothing in any view, dialog or menu, on a desktop and a phone, light and dark, English and Japanese', async (t) => {
  const browser = await useBrowser(t);
  if (browser === null) return;
  // Closed before its folder goes, in which it still writes.
  await using example = await openExampleApp(tempFolder(t), { days: EXAMPLE_DAYS.slice(0, 2), environment: quiet });
  const { origin } = example;

  for (const { viewport, lang, locale } of VIEWS) {
    const name = `${viewport === PHONE ? 'phone' : 'desktop'}, ${lang}`;
    await t.test(`the playground, ${name}`, async () => {
      const page = await browser.open(origin, { path: `/?as=moderator&lang=${lang}`, viewport, locale });
      const found: string[] = [];
      const look = async (what: string) => void found.push(...(await axeFindings(page, `${what}, ${name}`)));
      const write = page.locator('.composer .write');
      await page.locator('.intro').waitFor();
      await look('the first card');
      await write.fill('/');
      await page.locator('.composer [role=option]').first().waitFor();
      await look('the list of commands');
      await write.fill('/ask ');
      await page.locator('[data-option="question"]').waitFor();
      await look('a command’s form');
      await page.locator('[data-option="question"]').fill('How do I restore a backup?');
      await page.keyboard.press('Enter');
      await lastMessage(page).locator('.action-row').waitFor();
      await look('an answer');
      const answer = page.locator(`#${(await lastMessage(page).getAttribute('id')) ?? ''}`);
      await answer.locator('.action-row button').last().click();
      await page.locator('.message.ephemeral').waitFor();
      await look('passages for one person');
      await page.locator('.message.ephemeral .only-you button').click();
      await answer.click({ button: 'right', position: { x: 5, y: 5 } });
      await page.getByRole('menu').waitFor();
      await look('the menu of a message');
      await page.keyboard.press('Escape');
      if (viewport === PHONE) await page.locator('.toggle-people').click();
      await page.locator('.members .person').first().waitFor();
      await look('the members');
      await page.locator('.members .person').first().click();
      await page.locator('.menu').waitFor();
      await look('somebody’s card');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      if (viewport === PHONE) {
        await page.locator('.toggle-menu').click();
        await look('the drawer of channels');
        await page.keyboard.press('Escape');
      }
      await write.fill('hello');
      await page.keyboard.press('Enter');
      await page.locator('.message', { hasText: 'hello' }).last().waitFor();
      await look('what one said');
      await write.fill('/knowledge add ');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await look('the form of a text to teach');
      await page.context().close();
      assert.deepEqual(found, []);
    });

    await t.test(`the dashboard, ${name}`, async () => {
      const page = await browser.open(origin, { path: '/dashboard', ready: '#token', viewport, locale });
      const found: string[] = [];
      const look = async (what: string) => void found.push(...(await axeFindings(page, `${what}, ${name}`)));
      const dialog = page.getByRole('dialog');
      const inDialog = async (what: string) => {
        await dialog.waitFor();
        await look(what);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
      };
      await look('the log-in');
      // What stands behind the # alone loads no page.
      await page.goto('about:blank');
      await page.goto(await linkOf(origin));
      await page.locator('.line.live').waitFor({ state: 'attached' });
      await page.locator('.plot svg').first().waitFor();
      await look('the overview');
      await page.locator('.hero .button.primary').click();
      await inDialog('the dialog of a backup');

      await page.goto(`${origin}/dashboard#backups`);
      await page.locator('.backups tbody tr').first().waitFor();
      await look('the backups');
      const row = page.locator('.backups tbody tr').first();
      await row.locator('[aria-haspopup=menu]').click();
      await page.getByRole('menu').waitFor();
      await look('the menu of a backup');
      await page.getByRole('menuitem').last().click();
      await inDialog('the dialog of deleting');
      await row.locator('.actions .button').click();
      await dialog.locator('input[type=checkbox]').waitFor();
      await inDialog('the dialog of a restore');
      await page.locator('#schedule .button').first().click();
      await inDialog('the dialog of the schedule');
      await page.locator('main > .toolbar .button').last().click();
      await inDialog('the dialog of the clean-up');

      await page.goto(`${origin}/dashboard#questions`);
      await page.locator('.unanswered li').first().waitFor();
      await look('the questions');
      await page.locator('.unanswered li').first().locator('.button').last().click();
      await inDialog('the dialog of teaching');

      await page.goto(`${origin}/dashboard#activity`);
      await page.locator('.log .log-line').first().waitFor();
      await look('the activity');
      await page.goto(`${origin}/dashboard#settings`);
      await page.locator('.settings dt').first().waitFor();
      await page.locator('.audit').waitFor();
      await look('the settings');
      await page.goto(`${origin}/api/docs`);
      await look('the page of the API');
      await page.context().close();
      assert.deepEqual(found, []);
    });
  }
});
