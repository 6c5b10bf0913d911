import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { BACKUP_TIME, entryOf } from '../support/fake-backups.ts';
import { recordedQuestion } from '../support/recorded-question.ts';
import { OPERATOR, openScriptedApi, READER } from '../support/scripted-api.ts';
import { openWire } from '../support/wire.ts';

const NAME = 'nescordbot_backup_20261120_020000';
const SHORT = '20261120_020000';
const PLANTED = '<img src=x onerror="document.title=\'planted\'">';

const VAULT = {
  name: 'github',
  backups: [],
  others: [],
  newest: null,
  usedBytes: null,
  limitBytes: null,
  pending: 0,
  behindSince: null,
  lastSuccessAt: null,
  fullInDays: null,
  rotten: 0,
  readBackAt: null,
  oldestReadBackAt: null,
};

const goTo = (page: Page, name: string) => page.locator(`nav a[href="#${name}"]`).click();
const notice = (page: Page, text: string | RegExp) => page.locator('.notice', { hasText: text }).waitFor();
/** As whenever somebody comes back to the page. */
const lookAgain = (page: Page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
const openDialog = (page: Page) => page.getByRole('dialog');

async function logIn(page: Page, token: string): Promise<void> {
  await page.locator('#token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('main .card').first().waitFor();
}

test('the dashboard in a browser', async (t) => {
  const browser = await useBrowser(t);
  if (browser === null) return;
  const api = await openScriptedApi(t);
  const { script } = api;
  for (const outcome of ['answered', 'refused'] as const)
    api.store.history.recordQuestion(recordedQuestion({ outcome, askedAt: BACKUP_TIME }));
  const wire = await openWire(t, api.server.port);
  const page = await browser.open(wire.origin, { ready: '#token', refusals: true });

  await t.test('a wrong token is refused in words', async () => {
    await page.getByLabel('Token').fill('not the token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('This token is not known.').waitFor();
  });

  await t.test('the right one shows at a glance whether all is safe, and what to do', async () => {
    await logIn(page, OPERATOR);
    await page.getByRole('heading', { name: 'Restorable: yes' }).waitFor();
    await page.getByText('Never drilled, at most 1 h of what was taught would be lost').waitFor();
    await page.getByText('No restore was ever rehearsed.').waitFor();
    await page.getByText('Nothing leaves this machine').waitFor();
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict']);
  });

  await t.test('by keyboard one skips to the content, stays inside a dialog, and comes back from it', async () => {
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Back up now');
    await page.keyboard.press('Enter');
    await openDialog(page).waitFor();
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press('Tab');
      // The browser's own controls come between the last and the first; nothing of the page does.
      const isIn = 'document.activeElement === document.body || document.activeElement.closest("dialog") !== null';
      assert.equal(await page.evaluate(isIn), true, `step ${step}`);
    }
    await page.keyboard.press('Escape');
    await openDialog(page).waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Back up now');
    await page.locator('#per-day .plot-frame').focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('#per-day .tip', { hasText: 'Answered 1' }).waitFor();
  });

  await t.test('two clicks open a dialog as one does, and one beside it closes it', async () => {
    await page.getByRole('button', { name: 'Back up now' }).first().dblclick();
    await openDialog(page).waitFor();
    await page.keyboard.type('typed');
    assert.equal(await openDialog(page).getByRole('textbox').inputValue(), 'typed');
    await page.mouse.click(5, 5);
    await openDialog(page).waitFor({ state: 'detached' });
  });

  await t.test('a dialog that closes takes no focus that has moved on, and no other dialog with it', async () => {
    const begin = page.getByRole('button', { name: 'Back up now' }).first();
    await begin.click();
    await page.evaluate(`
      document.querySelector('dialog').close();
      document.querySelector('nav a[href="#questions"]').focus();
    `);
    await openDialog(page).waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Questions');

    await begin.click();
    await page.evaluate(`(async () => {
      document.querySelector('dialog footer button').click();
      while (document.querySelector('dialog') !== null) await Promise.resolve();
      document.querySelector('#content .button.primary').click();
      // Whatever the closing of the first set going is done before the next frame but one.
      for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    })()`);
    assert.equal(await openDialog(page).count(), 1);
    await page.keyboard.press('Escape');
    await openDialog(page).waitFor({ state: 'detached' });
  });

  await t.test('a backup is begun with its reason, its progress is live, and its end is told', async () => {
    await page.locator('.line.live').waitFor();
    const { promise, resolve } = Promise.withResolvers<void>();
    script.hold = promise;
    const begin = page.getByRole('button', { name: 'Back up now' }).first();
    await begin.click();
    await page.keyboard.type('before the clean-up');
    await page.keyboard.press('Enter');
    const bar = page.getByRole('progressbar', { name: 'Backup' });
    await bar.waitFor();
    assert.equal(await bar.getAttribute('aria-valuenow'), '62');
    assert.equal(await begin.isDisabled(), true, 'one runs at a time');
    resolve();
    await notice(page, 'Backed up: 141 MB in 7.2 s, verified.');
    await bar.waitFor({ state: 'detached' });
    assert.deepEqual(script.calls, ['create before the clean-up']);
  });

  await t.test('what others begin shows by itself, and so do alerts', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    script.hold = promise;
    const made = script.backups.create({ kind: 'manual', reason: 'from Discord', by: { id: '1', name: 'Olivia' } });
    await page.getByRole('progressbar', { name: 'Backup' }).waitFor();
    const words = { en: 'The disk is 91 % full.', ja: 'ディスクの 91 % が使われています。' };
    api.alerts.push({ key: 'disk', severity: 'warning', words, since: BACKUP_TIME });
    resolve();
    await made;
    script.hold = null;
    await page.getByText('The disk is 91 % full.').waitFor();
    await page.getByText('4 backups').waitFor();
  });

  await t.test(
    'copies are sent and everything is checked for damage by keyboard, and both say what came of it',
    async () => {
      await page.locator('#copies').getByText('Checked for damage 1 h ago: nothing found').waitFor();
      assert.equal(
        await page.getByRole('button', { name: 'Send copies now' }).count(),
        0,
        'there is nowhere to send to',
      );
      const broken = { en: 'The bucket is gone.', ja: 'バケットがありません。' };
      api.vaults.push({ ...VAULT, label: 'GitHub bot-data', problem: broken });
      api.offSite.results = [
        { vault: 'github', label: 'GitHub bot-data', sent: [NAME], removed: [], problems: [] },
        { vault: 's3', label: 'S3 bot-copies', sent: [], removed: [], problems: [broken] },
      ];
      api.offSite.progress = [
        { vault: 's3', label: 'S3 bot-copies', stage: 'sending', backup: NAME, doneBytes: 1e6, totalBytes: 2e6 },
      ];
      const { promise, resolve } = Promise.withResolvers<void>();
      api.offSite.hold = promise;
      await page.reload();
      const send = page.getByRole('button', { name: 'Send copies now' });
      await page.locator('.line.live').waitFor();
      await send.focus();
      await page.keyboard.press('Enter');
      const bar = page.getByRole('progressbar', { name: 'Sending copies' });
      // It begins before anything is known of how far it is.
      await bar.and(page.locator('[aria-valuenow="50"]')).waitFor();
      assert.equal(await send.isDisabled(), true);
      assert.equal(await page.getByRole('button', { name: 'Back up now' }).first().isDisabled(), false);
      resolve();
      await notice(page, 'Sent and read back: 1.');
      await notice(page, 'S3 bot-copies: The bucket is gone.');
      assert.deepEqual(api.offSite.calls, ['sync']);

      const words = { en: 'Two passages were put back.', ja: '該当箇所を 2 件戻しました。' };
      api.found = [...api.found, { part: 'index', state: 'repaired', words }];
      await page.getByRole('button', { name: 'Check now' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('#copies').getByText('Checked for damage just now: found and repaired (Index)').waitFor();
      await notice(page, words.en);
      await page.getByRole('button', { name: '日本語で表示' }).click();
      await page.locator('#copies').getByText('整合性の確認（たった今）：問題を見つけて修復しました（索引）').waitFor();
      await page.locator('#copies').getByText(broken.ja).waitFor();
      await goTo(page, 'activity');
      await page.locator('#integrity').getByText(words.ja).waitFor();
      await page.locator('#integrity summary').nth(1).focus();
      await page.keyboard.press('Enter');
      await page.locator('#integrity').getByText('問題ありません。').nth(1).waitFor();
      await page.getByRole('button', { name: 'Show in English' }).click();
      await goTo(page, 'overview');
      api.vaults.length = 0;
    },
  );

  await t.test('a restore shows what would change and waits until it is read; then it can be undone', async () => {
    script.calls.length = 0;
    await goTo(page, 'backups');
    await page.locator('table.backups tbody tr').first().getByText('newest', { exact: true }).waitFor();
    assert.equal(await page.locator('table.backups').getByText('newest', { exact: true }).count(), 1);
    await page.getByRole('button', { name: `Restore… ${SHORT}` }).click();
    const dialog = page.getByRole('dialog', { name: /^Go back to/ });
    await dialog.getByText('Would disappear').waitFor();
    for (const text of ['3 documents', 'Mod *handbook*', '41 questions with their answers', 'Old rules', 'About 40 s'])
      await dialog.getByText(text).first().waitFor();
    const restore = dialog.getByRole('button', { name: 'Restore', exact: true });
    assert.equal(await restore.isDisabled(), true);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(script.calls, [`preview ${NAME}`], 'nothing was restored');

    await page.getByRole('button', { name: `Restore… ${SHORT}` }).click();
    await dialog.getByLabel('I have read what would change').check();
    await restore.click();
    await notice(page, `Restored ${NAME} in 38 s.`);
    assert.deepEqual(script.calls.slice(1), [`preview ${NAME}`, `restore ${NAME} by dashboard:ops`]);
    await page.locator('.last-restore').getByRole('button', { name: 'Undo…' }).click();
    await openDialog(page).getByText('safety backup').first().waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('one backup is verified, pinned and deleted from its menu, by keyboard', async () => {
    const choose = async (item: string) => {
      await page.getByRole('button', { name: `More for ${SHORT}` }).focus();
      await page.keyboard.press('Enter');
      // Not offered while a job of before is still shown as running.
      await page.getByRole('menuitem', { name: item, exact: true, disabled: false }).waitFor();
      for (let step = 0; (await focused(page)) !== item; step += 1) {
        assert.ok(step < 10, `${item} cannot be reached by the arrow keys`);
        await page.keyboard.press('ArrowDown');
      }
      await page.keyboard.press('Enter');
    };
    await choose('Verify');
    await notice(page, 'is whole: every byte was read back');
    await choose('Pin');
    await page.locator('.backups').getByText('pinned').waitFor();
    await choose('Unpin');
    await page.locator('.backups').getByText('pinned').waitFor({ state: 'detached' });
    await choose('Delete…');
    const dialog = page.getByRole('dialog', { name: 'Delete this backup?' });
    await dialog.waitFor();
    assert.equal(await focused(page), 'Cancel', 'what cannot be undone is not a slip of the Enter key away');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await notice(page, `${SHORT} is deleted.`);
    await page.locator(`#row-${NAME}`).waitFor({ state: 'detached' });
  });

  await t.test('the schedule is changed and stopped, and a clean-up says first what would go', async () => {
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'When backups are made by themselves' });
    await dialog.locator('select').first().selectOption('weekly');
    await dialog.locator('select').nth(1).selectOption('fri');
    await dialog.getByLabel('Time zone').fill('Asia/Tokyo');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('every Friday at 02:00 · Asia/Tokyo').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('#schedule').getByText('Stopped').waitFor();
    assert.equal(script.schedule.current().enabled, false);

    script.calls.length = 0;
    await page.getByRole('button', { name: 'Clean up…' }).click();
    await openDialog(page).getByText('older than the newest 1').first().waitFor();
    assert.deepEqual(script.calls, ['cleanup true']);
    await page.getByRole('button', { name: 'Remove 3' }).click();
    await notice(page, 'Removed 3.');
    assert.deepEqual(script.calls, ['cleanup true', 'cleanup false']);
  });

  await t.test('the log is live, filtered, and stands still while it is paused', async () => {
    api.say({ level: 'info', text: 'Nothing special' });
    await goTo(page, 'activity');
    const log = page.locator('.log');
    await log.getByText('Nothing special').waitFor();
    api.say({ level: 'warn', text: 'The disk is getting full' });
    await log.getByText('The disk is getting full').waitFor();
    await page.getByLabel('Level').selectOption('warn');
    await log.getByText('Nothing special').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause' }).click();
    api.say({ level: 'error', text: 'Chroma does not answer' });
    await page.getByText('1 new line', { exact: true }).waitFor();
    assert.equal(await log.getByText('Chroma does not answer').count(), 0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('Filter').fill('chroma');
    await log.getByText('Chroma does not answer').waitFor();
    await log.getByText('The disk is getting full').waitFor({ state: 'detached' });
    await page.getByLabel('Filter').fill('');
    await page.getByLabel('Level').selectOption('all');
  });

  await t.test('whatever people named their things is text, never a part of the page', async () => {
    const words = { en: PLANTED, ja: PLANTED };
    script.entries.push(entryOf(BACKUP_TIME - 1e8, { reason: PLANTED, by: { id: '1', name: PLANTED } }));
    script.preview = { documentsLost: { count: 1, titles: [PLANTED] }, remarks: [words] };
    api.vaults.push({ ...VAULT, label: PLANTED, problem: PLANTED });
    api.alerts.push({ key: 'planted', severity: 'critical', words, since: BACKUP_TIME });
    api.checks.unshift({ at: BACKUP_TIME, durationMs: 1, findings: [{ part: 'index', state: 'damaged', words }] });
    api.say({ level: 'info', text: PLANTED });
    await page.locator('.log').getByText(PLANTED).waitFor();
    await page.locator('#alerts').getByText(PLANTED).waitFor();
    await page.reload();
    await page.locator('#integrity').getByText(PLANTED).waitFor();
    await goTo(page, 'overview');
    await page.locator('#copies').getByText(PLANTED).nth(1).waitFor();
    await goTo(page, 'backups');
    await page.locator('.backups').getByText(PLANTED).waitFor();
    await page
      .getByRole('button', { name: /^Restore… / })
      .first()
      .click();
    await openDialog(page).getByText(PLANTED).nth(1).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'Backups · NescordBot');
  });

  await t.test('on a phone of 360 px nothing is wider than the screen, in either language', async () => {
    api.alerts.push({
      key: 'long',
      severity: 'warning',
      words: { en: 'x'.repeat(300), ja: 'あ'.repeat(300) },
      since: 0,
    });
    api.say({ level: 'info', text: 'y'.repeat(600) });
    await page.setViewportSize({ width: 360, height: 740 });
    for (const other of ['日本語で表示', 'Show in English']) {
      for (const name of ['overview', 'backups', 'questions', 'activity', 'settings']) {
        await goTo(page, name);
        await page.locator(`nav a[href="#${name}"][aria-current]`).waitFor();
        await page.locator('main .card').first().waitFor();
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, `${name} before ${other}`);
      }
      await page.getByRole('button', { name: other }).click();
    }
    await goTo(page, 'backups');
    await page.locator('.backups').waitFor();
    await page.evaluate('document.activeElement.blur()');
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(IS_COVERED), false, `${String(await focused(page))} is under the bar below`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await t.test('it speaks Japanese, and keeps the language and the colours that are chosen', async () => {
    await goTo(page, 'overview');
    await page.getByRole('button', { name: '日本語で表示' }).click();
    await page.getByRole('heading', { name: '復元できます' }).waitFor();
    await page.getByText('予行演習はまだ').first().waitFor();
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: '暗い配色にする' }).click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole('heading', { name: '復元できます' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
    assert.equal(await ground(), dark);
    await page.getByRole('button', { name: 'Show in English' }).click();
  });

  await t.test('a connection that breaks is said so, and comes back by itself', async () => {
    await page.locator('.line.live').waitFor();
    wire.cut();
    await page.getByText('Connection lost, trying again…').waitFor();
    api.alerts.push({ key: 'a', severity: 'warning', words: { en: 'Meanwhile.', ja: '…' }, since: BACKUP_TIME });
    wire.mend();
    await page.locator('.line.live').waitFor();
    await page.getByText('Meanwhile.').waitFor();
  });

  await t.test('a job that ended while the connection was broken is not shown as running for ever', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    script.hold = promise;
    await page.getByRole('button', { name: 'Back up now' }).first().click();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Backup' }).waitFor();
    wire.cut();
    await page.getByText('Connection lost, trying again…').waitFor();
    resolve();
    wire.mend();
    await page.locator('.line.live').waitFor();
    await goTo(page, 'activity');
    await page.locator('#jobs li').first().getByText('done').waitFor();
    script.hold = null;
    await goTo(page, 'overview');
  });

  await t.test('without a backup it says no in red', async () => {
    script.entries.length = 0;
    await page.reload();
    await page.getByRole('heading', { name: 'Restorable: no' }).waitFor();
    assert.match((await page.locator('.hero').getAttribute('class')) ?? '', /\bbad\b/);
    await page.locator('.hero-tasks').getByText('There is no verified backup.').waitFor();
  });

  await t.test('a look that fails by itself breaks no connection, and the next one says so', async () => {
    await page.locator('.line.live').waitFor();
    await page.route('**/api/overview', (route) => route.abort('connectionreset'));
    await lookAgain(page);
    await page.getByText('Connection lost, trying again…').waitFor();
    await page.unroute('**/api/overview');
    await lookAgain(page);
    await page.locator('.line.live').waitFor();
  });

  await t.test('a log-in that has ended leads back to the token, and says why', async () => {
    api.pass(8 * 86_400_000);
    await page.getByText('The log-in has ended. Please log in again.').waitFor();
    await logIn(page, OPERATOR);
    await page.locator('.line.live').waitFor();
    // It asks for two things at once, and both are refused.
    const refused = ['/api/overview', '/api/integrity'].map((path) =>
      page.waitForResponse((response) => response.url().includes(path) && response.status() === 401),
    );
    api.pass(8 * 86_400_000);
    await lookAgain(page);
    for (const response of await Promise.all(refused)) await response.finished();
    await page.getByText('The log-in has ended. Please log in again.').waitFor();
  });

  await t.test('a token that may only read changes nothing, and is told so; leaving ends it', async () => {
    await logIn(page, READER);
    await page.getByText('This token may only look.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Back up now' }).first().isDisabled(), true);
    assert.equal(await page.getByRole('button', { name: 'Check now' }).isDisabled(), true);
    await goTo(page, 'activity');
    await page.getByText('The log needs a token').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });
});

/** The bar of pages lies over the lower end of a phone's screen. */
const IS_COVERED = `(() => {
  const bar = document.querySelector('nav.pages');
  if (bar.contains(document.activeElement) || document.activeElement === document.body) return false;
  return document.activeElement.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
})()`;

const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

test('the page loads nothing from elsewhere, runs nothing inline, and is served whole or not at all', async (t: TestContext) => {
  const { server } = await openScriptedApi(t);
  for (const path of ['/', '/dashboard']) {
    const page = await fetch(server.url + path);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const text = await page.text();
    assert.doesNotMatch(text, /https?:|\son\w+=|<script>|<style|\sstyle=/);
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    assert.ok(files.length > 30);
    for (const file of new Set(files)) {
      const answer = await fetch(server.url + file);
      assert.equal(answer.status, 200, file);
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
      assert.equal(answer.headers.get('content-encoding'), 'gzip');
      if (file.includes('/client/')) assert.doesNotMatch(await answer.text(), /\binterface \w|from ["']preact/);
    }
    const whole = await fetch(server.url + (files[0] ?? ''), { headers: { 'accept-encoding': 'identity' } });
    assert.equal(whole.headers.get('content-encoding'), null);
    assert.match(await whole.text(), /localStorage/);
    const base = /\/dashboard\/[\w-]+/.exec(text)?.[0] ?? '';
    for (const wrong of ['/client/none.ts', '/client/..%2f..%2ffiles.ts', '/tsconfig.json', '/index.html'])
      assert.equal((await fetch(server.url + base + wrong)).status, 404, wrong);
    assert.equal((await fetch(`${server.url}/dashboard/old/client/main.ts`)).status, 404);
  }
});

test('what the bot noted of a backup is in the language of whoever reads it, and no name is broken in two', async (t) => {
  const browser = await useBrowser(t);
  if (browser === null) return;
  const api = await openScriptedApi(t);
  const about = { kind: 'safety', reason: `before the restore of ${NAME}` } as const;
  api.script.entries.push(entryOf(BACKUP_TIME - 60_000, about));
  const wire = await openWire(t, api.server.port);
  for (const [locale, said] of [
    ['en-US', `before the restore of ${SHORT}`],
    ['ja-JP', `${SHORT} を復元する前の状態`],
  ] as const) {
    const page = await browser.open(wire.origin, { ready: '#token', locale });
    await logIn(page, OPERATOR);
    await goTo(page, 'backups');
    await page.locator('.backups small').getByText(said, { exact: true }).waitFor();
    const heights = await page
      .locator('.backups th code')
      .evaluateAll((names) => names.map((name) => (name as unknown as { offsetHeight: number }).offsetHeight));
    assert.ok(heights.length >= 2);
    assert.ok(
      heights.every((height) => height < 30),
      `each on one line: ${heights.join(', ')}`,
    );
    await page.context().close();
  }
});
