import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestApp } from '../support/app.ts';
import { useBrowser } from '../support/browser.ts';

test('a newcomer types a question into the page and sees the cited answer arrive', async (t) => {
  const browser = await useBrowser(t);
  if (browser === null) return;
  const { origin } = await openTestApp(t);
  const page = await browser.open(origin);
  await page.locator('.composer .write').fill('/ask ');
  await page.locator('[data-option="question"]').fill('How do I restore a backup?');
  await page.keyboard.press('Enter');
  const answer = page.locator('.message').last();
  await answer.locator('.action-row').waitFor({ timeout: 30_000 });
  const text = await answer.innerText();
  assert.match(text, /How do I restore a backup\?/);
  assert.match(text, /choose one from the suggestions/);
  assert.match(text, /Sources: \[1\] Backing up and restoring › How do I restore a backup\?/);
  assert.match(text, /offline engine/);
});
