/**
 * Writes the README's picture: asks a question in a running playground and photographs the answer.
 *
 *   node tests/support/capture.ts [--origin http://127.0.0.1:3000] [--file docs/images/playground.png]
 *     [--question "How do I restore a backup?"] [--as member] [--lang en] [--light] [--phone]
 */
import { parseArgs } from 'node:util';
import { findChromium, openChromium } from './browser.ts';

const { values } = parseArgs({
  options: {
    origin: { type: 'string', default: 'http://127.0.0.1:3000' },
    file: { type: 'string', default: 'docs/images/playground.png' },
    question: { type: 'string', default: 'How do I restore a backup?' },
    as: { type: 'string', default: 'member' },
    lang: { type: 'string', default: 'en' },
    light: { type: 'boolean', default: false },
    phone: { type: 'boolean', default: false },
  },
});

const executablePath = findChromium();
if (!executablePath) throw new Error('There is no Chromium: install it, or set CHROMIUM_PATH.');
const browser = await openChromium(executablePath);
try {
  const context = await browser.newContext({
    viewport: values.phone ? { width: 390, height: 844 } : { width: 1280, height: 760 },
    deviceScaleFactor: 2,
    colorScheme: values.light ? 'light' : 'dark',
  });
  const page = await context.newPage();
  await page.goto(`${values.origin}/?as=${values.as}&lang=${values.lang}`);
  await page.locator('.composer .write').fill('/ask ');
  await page.locator('.command-form [data-option="question"]').fill(values.question);
  await page.keyboard.press('Enter');
  // The answer is complete once its buttons are there.
  await page.locator('.message').last().locator('.action-row').waitFor({ timeout: 60_000 });
  await page.mouse.move(0, 0);
  await page.locator('.composer .write').blur();
  await page.screenshot({ path: values.file });
  process.stdout.write(`Wrote ${values.file}\n`);
} finally {
  await browser.close();
}
