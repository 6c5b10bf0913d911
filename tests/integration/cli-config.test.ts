import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { variables } from '../../src/config/variables.ts';
import { CLI } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';

const KEY = 'ghp_0123456789abcdefghijklmnopqrstuv3f9a';

test('cli config tells all of it in a shell, as text and as JSON, from the environment and the file .env', async (t) => {
  const cwd = tempFolder(t);
  const env = { PATH: process.env['PATH'], DATA_DIR: join(cwd, 'volume'), GEMINI_API_KEY: KEY };
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, 'config', ...args], { cwd, env });
    assert.doesNotMatch(stdout + stderr, /456789|fghijk|pqrstu/, 'nothing of the middle of a key is shown');
    return stdout;
  };
  const text = await run();
  assert.match(text, /^GEMINI_API_KEY +ghp_…3f9a {2}\(environment\)$/m);
  assert.match(text, /^DATABASE_URL +\S+volume\/nescordbot\.db {2}\(default\)$/m);
  assert.match(text, /^GITHUB_TOKEN +– {2}\(not set\) Fine-grained token/m);
  const json = JSON.parse(await run('--json')) as { name: string; source: string }[];
  assert.deepEqual(
    json.map(({ name }) => name),
    Object.keys(variables),
  );
});

test('whoever reads may stop reading: that is no defect', async (t) => {
  const cwd = tempFolder(t);
  const child = spawn(process.execPath, [CLI, 'config'], { cwd, env: { PATH: process.env['PATH'] } });
  child.stdout.destroy(); // long before anything is written
  const [notes, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  assert.deepEqual([code, notes], [0, '']);
});
