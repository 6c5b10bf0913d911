/**
 * Writes the README's pictures of the dashboard, with the playground's two weeks of examples.
 *
 *   node tests/support/capture-dashboard.ts [--folder docs/images]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium, openChromium } from './browser.ts';
import { linkOf, openExampleApp } from './dashboard.ts';

const { values } = parseArgs({ options: { folder: { type: 'string', default: 'docs/images' } } });

const wide = { width: 1280, height: 900 };
const pictures = [
  { file: 'dashboard.png', page: 'overview', colorScheme: 'dark', viewport: wide, scale: 2 },
  { file: 'dashboard-light.png', page: 'backups', colorScheme: 'light', viewport: wide, scale: 2 },
  {
    file: 'dashboard-phone.png',
    page: 'overview',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    scale: 2,
  },
] as const;

const executablePath = findChromium();
if (!executablePath) throw new Error('There is no Chromium: install it, or set CHROMIUM_PATH.');
const folder = mkdtempSync(join(tmpdir(), 'nescordbot-pictures-'));
const browser = await openChromium(executablePath);
try {
  await using example = await openExampleApp(folder);
  for (const { file, page: name, colorScheme, viewport, scale } of pictures) {
    const context = await browser.newContext({ viewport, deviceScaleFactor: scale, colorScheme, locale: 'en-US' });
    const page = await context.newPage();
    await page.goto(await linkOf(example.origin));
    await page.locator('.hero').waitFor();
    await page.goto(`${example.origin}/dashboard#${name}`);
    await page.locator('#alerts, #all-backups').first().waitFor();
    await page.locator('.line.live').waitFor();
    await page.locator('.plot svg').first().waitFor();
    await page.screenshot({ path: join(values.folder, file) });
    process.stdout.write(`Wrote ${join(values.folder, file)}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
