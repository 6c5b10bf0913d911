/**
 * Writes the README's pictures of the dashboard, with the playground's two weeks of examples.
 *
 *   node tests/support/capture-dashboard.ts [--folder docs/images] [--data /srv/nescordbot]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium, openChromium } from './browser.ts';
import { linkOf, openExampleApp } from './dashboard.ts';

const { values } = parseArgs({
  options: { folder: { type: 'string', default: 'docs/images' }, data: { type: 'string' } },
});

const pictureFolder = resolve(values.folder);
const wide = { width: 1280, height: 1090 };
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
// Its path can be seen in the pictures.
const folder = values.data ?? mkdtempSync(join(tmpdir(), 'nescordbot-'));
const browser = await openChromium(executablePath);
try {
  await using example = await openExampleApp(folder);
  await example.app.integrity.look();
  for (const { file, page: name, colorScheme, viewport, scale } of pictures) {
    const context = await browser.newContext({ viewport, deviceScaleFactor: scale, colorScheme, locale: 'en-US' });
    const page = await context.newPage();
    await page.goto(await linkOf(example.origin));
    await page.locator('.hero').waitFor();
    await page.goto(`${example.origin}/dashboard#${name}`);
    await page.locator('#parts, #all-backups').first().waitFor();
    await page.locator('.line.live').waitFor();
    await page.locator('.plot svg').first().waitFor();
    await page.screenshot({ path: join(pictureFolder, file) });
    process.stdout.write(`Wrote ${join(pictureFolder, file)}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
