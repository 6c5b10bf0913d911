import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Result } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 up to AA, targets of 24 pixels among it, and axe's best practices. */
const rules = `{
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
}`;

/** What axe finds on the page as it is, in light and in dark. */
export async function axeFindings(page: Page, what: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Not through a script element, which the pages' security policy refuses.
    if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(source);
    // What passed is a report of megabytes, and stays in the page.
    const violations = (await page.evaluate(
      `axe.run(document, ${rules}).then(({ violations }) => violations)`,
    )) as Result[];
    for (const { id, help, nodes } of violations)
      for (const { html, failureSummary } of nodes)
        found.push(`${what}, ${colorScheme}: ${id} (${help})\n  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`);
  }
  return found;
}
