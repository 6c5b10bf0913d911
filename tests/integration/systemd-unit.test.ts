import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tempFolder } from '../support/temp-store.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UNIT = join(ROOT, 'docs/deployment/nescordbot.service');

/** Exposure in tenths, from 0 to 100; systemd calls less than 50 OK. */
const MOST_EXPOSURE = '15';

interface Outcome {
  readonly code: number | string;
  readonly said: string;
}

function analyze(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile('systemd-analyze', ['--no-pager', ...args], (error, out, notes) =>
      resolve({ code: error?.code ?? 0, said: out + notes }),
    );
  });
}

/** The unit with this machine's own paths in place of the ones it is installed with; null where there is no systemd. */
async function localUnit(t: TestContext): Promise<string | null> {
  if ((await analyze('--version')).code !== 0) {
    t.skip('systemd-analyze is not installed (Debian package systemd)');
    return null;
  }
  const text = await readFile(UNIT, 'utf8');
  const file = join(tempFolder(t), 'nescordbot.service');
  await writeFile(
    file,
    text
      .replace('/opt/nescordbot/src/node.sh', process.execPath)
      .replaceAll('/opt/nescordbot', ROOT.replace(/\/$/, '')),
  );
  return file;
}

test('systemd accepts the unit without a word', async (t) => {
  const file = await localUnit(t);
  if (file === null) return;
  const { code, said } = await analyze('verify', file);
  assert.equal(code, 0, said);
  assert.doesNotMatch(said, /nescordbot\.service/);
  const broken = join(tempFolder(t), 'nescordbot.service');
  await writeFile(broken, `${await readFile(file, 'utf8')}\n[Service]\nProtectSystm=strict\n`);
  assert.match((await analyze('verify', broken)).said, /ProtectSystm/, 'a mistake in a unit would not be noticed');
});

test('the unit leaves the bot little to misuse', async (t) => {
  const file = await localUnit(t);
  if (file === null) return;
  const { code, said } = await analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE}`, file);
  assert.equal(code, 0, said);
});

test('the unit and the program agree on when to stop, what not to try again and what V8 needs', async () => {
  const unit = await readFile(UNIT, 'utf8');
  const main = await readFile(join(ROOT, 'src/main.ts'), 'utf8');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
  assert.equal(setting('RestartPreventExitStatus'), /EXIT_CONFIG = (\d+)/.exec(main)?.[1]);
  const stopWithinMs = Number(/STOP_WITHIN_MS = ([\d_]+)/.exec(main)?.[1]?.replaceAll('_', ''));
  assert.ok(Number(setting('TimeoutStopSec')) * 1_000 > stopWithinMs);
  assert.equal(setting('MemoryDenyWriteExecute'), undefined, 'V8 writes machine code');
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  assert.equal(setting('ExecStart'), `/opt/nescordbot/${scripts.start}`);
});
