import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import lockFile from '../../package-lock.json' with { type: 'json' };
import packageFile from '../../package.json' with { type: 'json' };
import { mallocSettings } from '../support/malloc-settings.ts';

const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

test('a container starts what `npm start` starts, without npm, which would keep signals to itself', async () => {
  const [, words = ''] = /^CMD \[(.*)\]$/m.exec(await read('Dockerfile')) ?? [];
  assert.equal(words.replaceAll(/[",]+/g, ''), packageFile.scripts.start.replace('src/node.sh', 'node'));
});

test('a container gives memory back as `npm start` does', async () => {
  const settings = Object.entries(mallocSettings()).map(([name, value]) => `${name}=${value}`);
  assert.equal(settings.length, 3);
  assert.match(await read('Dockerfile'), new RegExp(`^ENV ${settings.join(' ')}$`, 'm'));
});

test('the image says which version of the bot it is', async () => {
  const [, version] = /image\.version="(.*)"/.exec(await read('Dockerfile')) ?? [];
  assert.equal(version, packageFile.version);
});

test('a separate Chroma is of the release that the bot brings along itself', async () => {
  const { version } = lockFile.packages['node_modules/chromadb-js-bindings-linux-x64-gnu'];
  const [, tag = ''] = /image: chromadb\/chroma:(\S+)/.exec(await read('compose.yaml')) ?? [];
  const release = (full: string) => full.split('.').slice(0, 2).join('.');
  assert.equal(release(tag), release(version));
});

test('messages name the shell command that is there where the bot runs', async () => {
  for (const file of ['Dockerfile', 'docs/deployment/nescordbot.service'])
    assert.match(await read(file), /\bCLI_COMMAND=nescordbot\b/, file);
  const files = (await readdir(new URL('../../src', import.meta.url), { recursive: true })).filter(
    (file) => file.endsWith('.ts') && file !== 'config/variables.ts',
  );
  const fixed: string[] = [];
  for (const file of files) if (/npm run cli -- \w/.test(await read(`src/${file}`))) fixed.push(file);
  assert.deepEqual(fixed, [], 'take config.cliCommand');
});
