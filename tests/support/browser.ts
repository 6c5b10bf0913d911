import { accessSync, constants } from 'node:fs';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser's path: `CHROMIUM_PATH`, or where systems usually have it. */
export function findChromium(): string | null {
  const wanted = process.env['CHROMIUM_PATH'];
  const places = wanted ? [wanted] : usualPlaces;
  return places.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Opens Chromium. The caller closes it. */
export async function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface OpenPage extends BrowserContextOptions {
  /** How the page is entered: `/?as=moderator&lang=ja`. */
  readonly path?: string;
  /** What is there once the page is ready; the playground's unless it is said. */
  readonly ready?: string;
  /** Answers of 4xx are a part of the test: the browser logs each, and that is no error of the page. */
  readonly refusals?: boolean;
}

export interface TestBrowser {
  /** A fresh profile on the page, once it is connected. Fails the test if the page logs an error. */
  open(origin: string, options?: OpenPage): Promise<Page>;
}

/** Chromium for a test, closed with it; without one, the test is skipped and says so. */
export async function useBrowser(t: TestContext): Promise<TestBrowser | null> {
  const executablePath = findChromium();
  if (!executablePath) {
    t.skip('no Chromium: install it, or set CHROMIUM_PATH');
    return null;
  }
  const browser = await openChromium(executablePath);
  const troubles: string[] = [];
  t.after(async () => {
    await browser.close();
    if (troubles.length > 0) throw new Error(`The page logged errors:\n${troubles.join('\n')}`);
  });
  return {
    async open(origin, { path = '/', ready = '.who', refusals = false, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on('pageerror', (error) => troubles.push(String(error)));
      page.on('console', (message) => {
        const text = message.text();
        if (message.type() !== 'error' || isLostConnection(text) || (refusals && isRefusal(text))) return;
        troubles.push(text);
      });
      await page.goto(`${origin}${path}`);
      await page.locator(ready).first().waitFor({ state: 'attached' });
      return page;
    },
  };
}

/** Chromium logs whatever a server that is gone refuses; tests that restart the server bring that about on purpose. */
function isLostConnection(text: string): boolean {
  return (
    text.startsWith('WebSocket connection to') ||
    /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|EMPTY_RESPONSE|INTERNET_DISCONNECTED|INCOMPLETE_CHUNKED_ENCODING)/.test(
      text,
    )
  );
}

const isRefusal = (text: string): boolean => /the server responded with a status of 4\d\d/.test(text);
