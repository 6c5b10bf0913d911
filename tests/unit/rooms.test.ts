import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  /** Null for our own files. */
  readonly vendor: string | null;
}

const sources = ['src', 'commands']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: file.replaceAll(sep, '/'), text: readFileSync(join(ROOT, file), 'utf8') }));
const allImports = sources.flatMap(importsOf);

function importsOf({ file, text }: { readonly file: string; readonly text: string }): Import[] {
  const targets = [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm),
  ];
  return targets
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .filter((target) => !target.startsWith('node:') && !builtinModules.includes(target))
    .map((target) =>
      target.startsWith('.')
        ? { from: file, to: normalize(join(dirname(file), target)).replaceAll(sep, '/'), vendor: null }
        : {
            from: file,
            to: target,
            vendor: target
              .split('/')
              .slice(0, target.startsWith('@') ? 2 : 1)
              .join('/'),
          },
    );
}

/** `src/adapters/gemini/x.ts` → `adapters/gemini`, `src/app.ts` → `app`. */
function roomOf(file: string): string {
  const parts = file.replace(/^src\//, '').split('/');
  if (parts.length === 1) return (parts[0] ?? '').replace(/\.ts$/, '');
  return parts[0] === 'adapters' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

const DOMAINS = new Set(['knowledge', 'backup', 'health']);
const SHARED = [
  'errors',
  'log',
  'whole-file',
  'counted',
  'plain-text',
  'whole-number',
  'moment',
  'open-file',
  'file-lock',
  'write-refusal',
];
const FACES = new Set(['discord', 'http', 'cli', 'playground']);
/** A domain's outward side: what other rooms may know of it. */
const PUBLIC_FILE = /\/([a-z]+-)?(ports|model|api)\.ts$/;

function isAllowed({ from, to }: Import): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  if (room === target || room === 'app' || room.endsWith('-worker')) return true;
  if (SHARED.includes(room) && room !== 'log') return SHARED.includes(target);
  if (room === 'log' || room === 'config') return ['errors', 'config', 'plain-text', 'whole-number'].includes(target);
  if (room === 'main') return ['app', 'config', ...SHARED].includes(target);
  if (SHARED.includes(target)) return true;
  if (DOMAINS.has(room) || room.startsWith('adapters/')) return DOMAINS.has(target) && PUBLIC_FILE.test(to);
  if (room === 'commands') return to === 'src/discord/command.ts' || (DOMAINS.has(target) && PUBLIC_FILE.test(to));
  if (from === 'src/cli/run.ts') return ['app', 'config'].includes(target) || DOMAINS.has(target);
  return FACES.has(room) && DOMAINS.has(target);
}

/** A vendor's package is known in one room; the exceptions are decided in docs/decisions. */
const SEVERAL_ROOMS: Record<string, readonly string[]> = {
  fastify: ['http', 'playground'],
  'discord-api-types': ['discord', 'playground', 'commands'],
  'p-queue': ['adapters/gemini', 'discord'],
  'p-retry': ['adapters/gemini', 'discord'],
};

test('dependencies go one way only: no room imports what it must not know', () => {
  const imports = allImports.filter(({ vendor }) => vendor === null);
  assert.ok(imports.length > 20, 'the imports were not found');
  const wrong = imports.filter((found) => !isAllowed(found)).map(({ from, to }) => `${from} → ${to}`);
  assert.deepEqual(wrong, []);
});

test('each vendor package is imported in one room, and never by a domain', () => {
  const rooms = Map.groupBy(
    allImports.filter(({ vendor }) => vendor !== null),
    ({ vendor }) => vendor ?? '',
  );
  const wrong = [...rooms].flatMap(([vendor, found]) => {
    const where = [...new Set(found.map(({ from }) => roomOf(from)))];
    const allowed = SEVERAL_ROOMS[vendor];
    const stray = allowed === undefined ? where.slice(1) : where.filter((room) => !allowed.includes(room));
    const inDomain = where.filter((room) => DOMAINS.has(room));
    return [...stray, ...inDomain].map((room) => `${vendor} in ${room} (also in ${where.join(', ')})`);
  });
  assert.deepEqual(wrong, []);
});

test('the environment is read at the edges of the process only', () => {
  const readers = sources
    .filter(({ text }) => /process\.env\b/.test(text))
    .map(({ file }) => relative(ROOT, join(ROOT, file)));
  assert.deepEqual(
    readers.filter((file) => !['src/main.ts', 'src/cli/main.ts', 'src/cli/run.ts'].includes(file)),
    [],
  );
});
