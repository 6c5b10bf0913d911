import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';

/** The dashboard as browsers get it: the page, and what it is made of, by the path below `/dashboard/VERSION/`. */
export interface DashboardFiles {
  /** Another one whenever any file is another, so that browsers may keep files for ever. */
  readonly version: string;
  readonly page: string;
  readonly files: ReadonlyMap<string, DashboardFile>;
}

export interface DashboardFile {
  readonly bytes: Uint8Array;
  /** The same, by gzip: a third of it. */
  readonly zipped: Uint8Array;
  readonly type: string;
}

const WEB = join(import.meta.dirname, 'web');
const types = {
  ts: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
} as const;
/** Browsers do not look into node_modules: the name that our modules import, and where it is served. */
const vendors = { preact: 'vendor/preact.js', 'preact/hooks': 'vendor/preact-hooks.js' } as const;

/** In a thread of its own: removing types takes 100 ms and 30 MB, which go back when it ends. */
async function build(): Promise<DashboardFiles> {
  const ours = (await readdir(WEB, { recursive: true }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^(client|styles)\/.+\.(ts|css)$|^icon\.svg$/.test(file))
    .sort();
  const raw = new Map<string, string>();
  for (const file of ours) {
    const text = await readFile(join(WEB, file), 'utf8');
    raw.set(file, file.endsWith('.ts') ? stripTypeScriptTypes(text) : text);
  }
  for (const [name, path] of Object.entries(vendors))
    raw.set(path, await readFile(fileURLToPath(import.meta.resolve(name)), 'utf8'));
  const page = await readFile(join(WEB, 'index.html'), 'utf8');

  const hash = createHash('sha256').update(page);
  for (const [path, text] of raw) hash.update(`${path}\n${text}\n`);
  const version = hash.digest('base64url').slice(0, 12);
  const base = `/dashboard/${version}`;
  const files = [...raw].map(([path, whole]) => {
    const text = isModule(path) ? resolved(whole, base) : whole;
    return [path, { bytes: Buffer.from(text), zipped: gzipSync(text), type: typeOf(path) }] as const;
  });
  // All modules at once rather than one import after the other.
  const preload = [...raw.keys()]
    .filter(isModule)
    .map((path) => `<link rel="modulepreload" href="${base}/${path}" />`)
    .join('\n    ');
  return {
    version,
    page: page.replaceAll('{base}', base).replace('<!-- modules -->', preload),
    files: new Map(files),
  };
}

const isModule = (path: string): boolean => /\.(ts|js)$/.test(path) && path !== 'client/first-paint.ts';

function typeOf(path: string): string {
  if (path.endsWith('.css')) return types.css;
  return path.endsWith('.svg') ? types.svg : types.ts;
}

function resolved(text: string, base: string): string {
  return text
    .replaceAll(/(\bfrom\s*)(['"])(preact(?:\/hooks)?)\2/g, (_whole, from: string, quote: string, name: string) => {
      const path = name === 'preact' ? vendors.preact : vendors['preact/hooks'];
      return `${from}${quote}${base}/${path}${quote}`;
    })
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

// Node announces the removing of types as experimental; those who open the dashboard need not read that.
process.emitWarning = () => undefined;
parentPort?.postMessage(await build(), []);
