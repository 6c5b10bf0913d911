import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { AppError, isAppError } from '../../src/errors.ts';
import { checkFolder } from '../../src/health/folder.ts';
import { createIndexProbe } from '../../src/health/index-probe.ts';
import { readMarkerFile, writeMarkerFile } from '../../src/health/marker.ts';
import { verifyPersistence } from '../../src/health/volume-check.ts';
import type { VectorIndex } from '../../src/knowledge/ports.ts';
import { createMemoryIndex } from '../support/memory-index.ts';

const check = { what: 'persist directory', variable: 'CHROMADB_PERSIST_DIRECTORY', createIfMissing: false };

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nescordbot-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a folder that keeps what is written passes, and nothing is left in it', async (t) => {
  const path = await folder(t);
  await checkFolder({ ...check, path });
  assert.deepEqual(await readdir(path), []);
});

test('a configured folder that does not exist fails with the remedy, a default one is made', async (t) => {
  const path = join(await folder(t), 'not/mounted');
  await assert.rejects(checkFolder({ ...check, path }), (error) => {
    assert.ok(isAppError(error, 'config'));
    assert.ok(error.message.startsWith(`Persist directory does not exist: ${path}`));
    assert.match(error.message, /not mounted.*CHROMADB_PERSIST_DIRECTORY/);
    return true;
  });
  await checkFolder({ ...check, path, createIfMissing: true });
  assert.deepEqual(await readdir(path), []);
});

test('a file in the place of the folder fails with the remedy', async (t) => {
  const path = join(await folder(t), 'file');
  await writeFile(path, 'not a folder');
  for (const place of [path, join(path, 'below')])
    for (const createIfMissing of [true, false])
      await assert.rejects(
        checkFolder({ ...check, path: place, createIfMissing }),
        (error) => isAppError(error, 'config') && /is not a folder/.test(error.message),
      );
});

test('a folder without write permission fails with the remedy', async (t) => {
  const path = join(await folder(t), 'read-only');
  await mkdir(path);
  await chmod(join(path, '..'), 0o755);
  await chmod(path, 0o555);
  const module = new URL('../../src/health/folder.ts', import.meta.url).href;
  // Root may write anywhere: a process of its own gives its rights away first.
  const program = `
    const { checkFolder } = await import(${JSON.stringify(module)});
    if (process.getuid?.() === 0) { process.setgid(65534); process.setuid(65534); }
    await checkFolder(${JSON.stringify({ ...check, path })}).then(() => console.log('passed'), (error) => console.log(error.message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  assert.ok(stdout.startsWith(`No write permission to persist directory: ${path} (EACCES)`), stdout);
});

test('a sound index passes the probe in the words operators know, and holds no trace of it', async () => {
  const index = createMemoryIndex();
  const lines: string[] = [];
  await verifyPersistence({
    directory: '/app/data/chromadb',
    probe: createIndexProbe({ index }),
    log: { info: (line) => void lines.push(line) },
  });
  assert.deepEqual(lines, [
    'ChromaDB service initialized with persist directory: /app/data/chromadb',
    'ChromaDB persistence verification successful',
  ]);
  assert.deepEqual(await index.collections(), []);
});

const sound = createMemoryIndex();
const unsound: readonly [string, Partial<VectorIndex>, RegExp][] = [
  ['forgets what it is given', { upsert: async () => undefined }, /was not found by its vector/],
  ['does not delete', { remove: async () => undefined }, /was not deleted/],
  ['answers from another vector', { nearest: async () => [{ id: -1, similarity: 1 }] }, /was not found by its vector/],
  [
    'cannot be reached',
    { upsert: () => Promise.reject(new AppError('unavailable', 'Chroma cannot be reached.')) },
    /cannot be reached\. Check/,
  ],
];
for (const [what, defect, words] of unsound)
  test(`an index that ${what} fails the verification with reason and remedy`, async () => {
    const probe = createIndexProbe({ index: { ...sound, ...defect } });
    await assert.rejects(verifyPersistence({ directory: '/data', probe, log: { info: () => undefined } }), (error) => {
      assert.ok(isAppError(error));
      assert.ok(error.message.startsWith('ChromaDB persistence verification failed: '));
      assert.match(error.message, words);
      return true;
    });
    assert.deepEqual(await sound.collections(), []);
  });

test('what a crash leaves of a marker is written over at the next start', async (t) => {
  const path = await folder(t);
  const file = join(path, '.nescordbot-installation.json');
  const marker = {
    installationId: 'abcdefgh',
    starts: 2,
    lastStartAt: 5,
    application: null,
    lineage: [],
    position: null,
  };
  await writeFile(`${file}.partial`, '{"installationId":');
  await writeMarkerFile(file, marker);
  assert.deepEqual(await readMarkerFile(file), marker);
  assert.deepEqual(await readdir(path), ['.nescordbot-installation.json']);
});
