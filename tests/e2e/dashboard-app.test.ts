import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { EXAMPLE_DAYS } from '../../src/app/example-questions.ts';
import { useBrowser } from '../support/browser.ts';
import { linkOf, openExampleApp } from '../support/dashboard.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';

const SLOW = { timeout: 60_000 };
const PLANTED = 'Who is <img src=x onerror="document.title=1">?';

test('the playground shows the whole bot’s dashboard with data: one looks, backs up, drills, goes back and teaches', async (t) => {
  // Closed before its folder goes, in which it still writes.
  await using example = await openExampleApp(tempFolder(t), {
    days: [...EXAMPLE_DAYS.slice(1, 2), [{ question: PLANTED, locale: 'en' }]],
    environment: quiet,
  });
  const { origin, app } = example;

  await t.test('only a page of this machine is given a link, and it lets in once', async () => {
    const ask = (headers: Readonly<Record<string, string>>) =>
      new Promise<number>((resolve, reject) => {
        const asking = request(`${origin}/playground/dashboard`, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asking.on('error', reject).end();
      });
    const ours = { 'x-requested-with': 'nescordbot' };
    assert.equal(await ask(ours), 200);
    assert.equal(await ask({}), 403, 'a form of another page can be sent without the header');
    assert.equal(await ask({ ...ours, origin: 'https://evil.example' }), 403);
    assert.equal(await ask({ ...ours, host: 'rebound.example' }), 403);
    const [, ticket] = (await linkOf(origin)).split('#enter=');
    const enter = () =>
      fetch(`${origin}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...ours },
        body: JSON.stringify({ token: ticket }),
      });
    assert.deepEqual([(await enter()).status, (await enter()).status], [200, 401]);
  });

  const browser = await useBrowser(t);
  if (browser === null) return;
  const playground = await browser.open(origin);
  const opened = playground.waitForEvent('popup');
  await playground.getByRole('button', { name: 'Dashboard' }).click();
  const page = await opened;
  page.setDefaultTimeout(20_000);
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));

  await t.test('the link of the playground’s page logs in, and two weeks are there', async () => {
    await page.getByRole('heading', { name: 'Restorable: yes' }).waitFor();
    await page
      .getByText(
        /^Drilled 3\sh ago, back in .*\ss, (everything taught is backed up|at most .* of what was taught would be lost)/,
      )
      .waitFor();
    await page.locator('#copies').getByText('Verified').nth(1).waitFor(SLOW);
    assert.doesNotMatch(page.url(), /enter=/, 'what let in is kept out of the history');
    await page.locator('nav a[href="#backups"]').click();
    await page.locator('.backups').getByText('drilled').waitFor();
    await page.locator('.backups').getByText('before the clean-up').waitFor();
    await page.locator('.backups').getByText('pinned').waitFor();
  });

  await t.test('a backup is made, and drilled', async () => {
    await page.locator('.line.live').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.keyboard.press('Enter');
    await page.locator('.notice', { hasText: 'Backed up' }).waitFor(SLOW);
    const [newest] = await app.backups.list();
    assert.equal(newest?.sidecar?.manifest.by.id, 'dashboard:playground');
    const short = newest?.name.replace('nescordbot_backup_', '') ?? '';
    await page.getByRole('button', { name: `More for ${short}` }).click();
    await page.getByRole('menuitem', { name: 'Drill' }).click();
    await page.locator('.notice', { hasText: 'Drilled' }).waitFor(SLOW);
    assert.equal((await app.backups.list())[0]?.sidecar?.drilled?.ok, true);
  });

  await t.test('going back shows what would go, does it, and offers the way back again', async () => {
    const row = page.locator('.backups tbody tr', { hasText: 'before the clean-up' });
    await row.getByRole('button', { name: /^Restore/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Rules 2026').waitFor(SLOW);
    await dialog.getByLabel('I have read what would change').check();
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.locator('.notice', { hasText: /^Restored/ }).waitFor(SLOW);
    const [guildId = ''] = app.knowledge.store.knowledge.guildsWithDocuments();
    const titles = app.knowledge.library.list(guildId, { offset: 0, limit: 100 }).items.map(({ title }) => title);
    assert.equal(titles.includes('Rules 2026'), false);
    await page.locator('.last-restore').getByRole('button', { name: 'Undo…' }).waitFor();
  });

  await t.test('what nobody could answer is taught, and asked again', async () => {
    await page.locator('nav a[href="#questions"]').click();
    await page.locator('.unanswered').getByText(PLANTED).waitFor(SLOW);
    await page.getByRole('button', { name: `Teach the answer to: When is the next game night?` }).click();
    const dialog = page.getByRole('dialog', { name: 'Teach the answer' });
    await page.keyboard.type('The next game night is on Friday at 20:00 in #games.');
    await dialog.getByRole('button', { name: 'Teach', exact: true }).click();
    await dialog.getByText('Learned. Try the question:').waitFor(SLOW);
    await dialog.getByRole('button', { name: 'Ask it now' }).click();
    await dialog.locator('.answer', { hasText: 'Friday at 20:00' }).waitFor(SLOW);
    await page.keyboard.press('Escape');
  });

  await t.test(
    'what nobody has to answer is put aside, comes back when that is undone, and else stays away',
    async () => {
      const question = page.locator('.unanswered .question', { hasText: PLANTED });
      const dismiss = page.getByRole('button', { name: `Dismiss: ${PLANTED}` });
      const notice = page.locator('.notice', { hasText: 'That question is not listed any more.' });
      const listed = () => app.knowledge.store.insights.unanswered(0, 100).some((one) => one.question === PLANTED);
      await dismiss.click();
      await question.waitFor({ state: 'detached' });
      assert.equal(listed(), false);
      await notice.getByRole('button', { name: 'Undo' }).click();
      await question.waitFor();
      assert.equal(listed(), true);
      await dismiss.click();
      await question.waitFor({ state: 'detached' });
      assert.equal(listed(), false);
    },
  );

  await t.test('the configuration in force is shown, and who did what', async () => {
    await page.locator('nav a[href="#settings"]').click();
    await page.locator('.settings dt > code', { hasText: /^DATA_DIR$/ }).waitFor();
    await page.locator('.audit').getByText('dashboard:playground').first().waitFor();
    await page.locator('.audit').getByText('unanswered bring-back').first().waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(troubles, []);
  });
});
