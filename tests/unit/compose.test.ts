import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { variables } from '../../src/config/variables.ts';

interface Service {
  readonly [key: string]: unknown;
  readonly volumes: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
}
interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<'bot' | 'chroma', Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const compose = parse(read('compose.yaml'), { strict: true, uniqueKeys: true }) as Compose;
const { bot, chroma } = compose.services;

/** Of those that https://docs.docker.com/reference/compose-file/services/ has; Compose refuses any other. */
const KNOWN = new Set(
  (
    'build image restart stop_grace_period env_file environment ports volumes depends_on read_only tmpfs cap_drop ' +
    'cap_add security_opt profiles healthcheck'
  ).split(' '),
);

test('compose.yaml has what Compose knows, and declares every volume that it mounts', () => {
  assert.deepEqual(Object.keys(compose), ['name', 'services', 'volumes']);
  assert.deepEqual(Object.keys(compose.services), ['bot', 'chroma']);
  for (const service of [bot, chroma])
    assert.deepEqual(
      Object.keys(service).filter((key) => !KNOWN.has(key)),
      [],
    );
  const mounted = [...bot.volumes, ...chroma.volumes].map((volume) => volume.split(':')[0]);
  assert.deepEqual(mounted, Object.keys(compose.volumes));
});

test('Compose keeps the data on a volume, gives the bot time to stop, and shows it to this machine alone', () => {
  assert.deepEqual(bot.volumes, ['data:/app/data']);
  assert.match(read('Dockerfile'), /mkdir data /, 'the image has the folder, with the right owner');
  assert.ok(Number.parseInt(String(bot['stop_grace_period']), 10) > 10);
  assert.deepEqual(bot['ports'], ['127.0.0.1:${NESCORDBOT_PORT:-3000}:3000']);
  assert.equal(bot.environment?.['PORT'], 3000);
  const unknown = Object.keys(bot.environment ?? {}).filter((name) => !Object.hasOwn(variables, name));
  assert.deepEqual(unknown, [], 'the bot reads no such variable');
});

test('Compose lets the bot write to its volume and to /tmp alone, with the rights that the entry of the image needs', () => {
  assert.deepEqual([bot['read_only'], bot['tmpfs'], bot['cap_drop']], [true, ['/tmp'], ['ALL']]);
  assert.deepEqual(bot['cap_add'], ['CHOWN', 'SETGID', 'SETUID']);
  const hardened = /HARDENED = \[(.*)\]/.exec(read('tests/image/bundle.ts'))?.[1] ?? '';
  const checked = [...hardened.matchAll(/'CAP_(\w+)'/g)].map(([, name]) => name);
  assert.deepEqual(checked, bot['cap_add'], 'npm run image:check runs it with others');
});

test('a Chroma of its own is there with its profile alone, and the bot waits for it only then', () => {
  assert.equal(bot.profiles, undefined);
  assert.deepEqual(chroma.profiles, ['chroma']);
  assert.deepEqual(bot['depends_on'], { chroma: { condition: 'service_healthy', required: false } });
  assert.equal(bot.environment?.['CHROMA_URL'], '${CHROMA_URL:-}', 'empty means the bot starts its own');
  assert.deepEqual(chroma.volumes, ['chroma:/data']);
});
