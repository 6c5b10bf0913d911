import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { createProgram } from '../../src/cli/program.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { blocksOf, documents } from '../support/doc-blocks.ts';
import { tempFolder } from '../support/temp-store.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a command of the documents can need that a test cannot have. */
const NEEDS = new Set(['Railway account', 'a server with systemd, as root', 'Docker']);

type Proof = ((t: TestContext) => Promise<void>) | { readonly file: string; readonly has: string };

/** Run here, or by the file that is named and has the words. */
const PROOFS: Readonly<Record<string, Proof>> = {
  'npm ci': { file: '.ci/run', has: 'npm ci\n' },
  'npm test': { file: '.ci/run', has: 'npm test' },
  'npm run image:check': { file: '.ci/run', has: 'npm run image:check' },
  'npm start': startAndStop(['start'], 'The playground is at http://127.0.0.1:'),
  // What it goes on to show is in tests/e2e/dashboard-app.test.ts.
  'npm run playground': startAndStop(['run', 'playground'], 'Preparing examples for the playground'),
  'npm run doctor': doctor,
  'npm run cli -- ingest path/to/folder': ingest,
  'systemd-analyze verify docs/deployment/nescordbot.service': {
    file: 'tests/integration/systemd-unit.test.ts',
    has: "analyze('verify', file)",
  },
  'systemd-analyze security --offline=true --threshold=15 docs/deployment/nescordbot.service': {
    file: 'tests/integration/systemd-unit.test.ts',
    has: "analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE}`, file)",
  },
};

const volumeOf = (t: TestContext) => {
  const folder = tempFolder(t);
  // What a `.env` in the checkout says is somebody's: an empty variable counts as unset, and is not read from there.
  const unset = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, '']));
  return { folder, env: { ...unset, PATH: process.env['PATH'], HOME: folder, DATA_DIR: folder, PORT: '0' } };
};

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: ROOT, env }, (error, out, notes) =>
      resolve({ code: Number(error?.code ?? 0), out: out + notes }),
    );
  });
}

function startAndStop(args: readonly string[], until: string): Proof {
  return async (t) => {
    const { env } = volumeOf(t);
    const bot = spawn('npm', args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const stop = () => {
      const isOver = bot.exitCode !== null || bot.signalCode !== null; // npm ends by the signal that it was sent
      if (bot.pid !== undefined && !isOver) process.kill(-bot.pid, 'SIGTERM');
    };
    t.after(stop);
    const said: string[] = [];
    for await (const line of createInterface(bot.stdout)) {
      said.push(line);
      if (line.includes(until)) stop();
    }
    const at = said.findIndex((line) => line.includes(until));
    assert.ok(at >= 0 && said.slice(at).some((line) => line.includes('Stopped')), said.join('\n'));
  };
}

async function doctor(t: TestContext): Promise<void> {
  const { env } = volumeOf(t);
  const { code, out } = await run(['run', 'doctor', '--silent', '--', '--json'], env);
  const { failures, findings } = JSON.parse(out) as { failures: number; findings: unknown[] };
  assert.equal(code, failures);
  assert.ok(findings.length > 8);
}

async function ingest(t: TestContext): Promise<void> {
  const { folder, env } = volumeOf(t);
  await mkdir(join(folder, 'docs'));
  await writeFile(join(folder, 'docs', 'tea.md'), '# Tea\n\nGyokuro is steeped at sixty degrees.\n');
  const { code, out } = await run(['run', 'cli', '--', 'ingest', join(folder, 'docs')], env);
  assert.equal(code, 0, out);
}

test('every command in the documents is run, or says what it needs', async (t) => {
  const blocks = (await documents()).flatMap(blocksOf).filter(({ language }) => language === 'sh');
  assert.ok(blocks.length > 10, 'the commands were not found');
  const unknown = blocks.filter(({ needs }) => needs !== null && !NEEDS.has(needs)).map(({ needs }) => needs);
  assert.deepEqual(unknown, [], 'a mark that nobody knows');
  const commands = new Set<string>();
  for (const { file, line, lines, needs } of blocks) {
    if (needs !== null) continue;
    for (const command of lines
      .flatMap((one) => one.split(' && '))
      .filter((one) => one !== '' && !one.startsWith('#'))) {
      commands.add(command);
      assert.ok(
        Object.hasOwn(PROOFS, command),
        `${file}:${line}: nothing tries \`${command}\`. Add it to PROOFS, or put <!-- needs: … --> before the block.`,
      );
    }
  }
  for (const command of commands) {
    const proof = PROOFS[command] ?? assert.fail(command);
    await t.test(command, async (t) => {
      if (typeof proof === 'function') return proof(t);
      const text = await readFile(join(ROOT, proof.file), 'utf8');
      return assert.ok(text.includes(proof.has), `${proof.file} does not have ${proof.has} any more`);
    });
  }
});

test('every shell command and script that a sentence names is there', async () => {
  const program = createProgram('nescordbot', {
    withShell: unused,
    withBackups: unused,
    withDoctor: unused,
    withSettings: unused,
    withRecovery: unused,
    withAlerts: unused,
    withClock: unused,
  });
  const wrong: string[] = [];
  for (const { file, text } of await documents()) {
    for (const [whole, tool = '', rest = ''] of text.matchAll(/`(npm run|nescordbot) ([^`\n]+)`/g)) {
      const words = rest.replace(/^cli --\s*/, '').split(/[ ,|]+/);
      if (words.join('') === '' || words[0]?.startsWith('-') === true) continue;
      const isScript = tool === 'npm run' && !rest.startsWith('cli');
      const isThere = isScript ? Object.hasOwn(packageFile.scripts, words[0] ?? '') : leadsSomewhere(program, words);
      if (!isThere) wrong.push(`${file}: ${whole}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Follows the words that are names of commands; the rest are arguments. */
function leadsSomewhere(program: Command, words: readonly string[]): boolean {
  const [name, ...rest] = words;
  const found = program.commands.find((one) => one.name() === name);
  if (found === undefined) return false;
  return found.commands.length === 0 || rest.length === 0 || leadsSomewhere(found, rest);
}

const unused = () => assert.fail('no command runs here');

/** What differs from case to case in a line of the log, and where one is put together: sentences, and what is in brackets. */
const DIFFERS =
  /…|\/app\/data[\w./-]*|https:\/\/\S+|\(E[A-Z]+\)|\(uid \d+\)|(?:[Dd]ata|[Dd]atabase|[Pp]ersist) directory|(?<=\.) |(came up empty)/;
const LEAST_LETTERS = 4;

async function sources(): Promise<string> {
  const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => /\.(ts|sh)$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, 'src', file), 'utf8')));
  // A text that is put together from several lines is one text.
  return texts.join('\n').replaceAll(/['`] \+\s+['`]/g, '');
}

test('every line of the log that the documents show is one that the program writes', async () => {
  const source = await sources();
  const shown = (await documents())
    .filter(({ file }) => /^docs\/(deployment\/|troubleshooting)/.test(file))
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'text')
    .flatMap(({ lines }) => lines);
  assert.ok(shown.length > 20, 'the lines were not found');
  const invented = shown.filter((line) =>
    line
      .split(DIFFERS)
      .map((piece: string | undefined) => piece?.trim() ?? '')
      .some((piece) => piece.length >= LEAST_LETTERS && !source.includes(piece)),
  );
  assert.deepEqual(invented, []);
});

test('a document and its Japanese version show the same commands, lines and marks', async () => {
  const all = await documents();
  const pairs = all.flatMap((japanese) => {
    if (!japanese.file.endsWith('.ja.md')) return [];
    const english = all.find(({ file }) => file === japanese.file.replace('.ja.md', '.md'));
    return english === undefined ? assert.fail(`${japanese.file} has no original`) : [{ english, japanese }];
  });
  for (const { english, japanese } of pairs.filter(({ english }) => english.file.startsWith('docs/'))) {
    const essence = (document: typeof english) =>
      blocksOf(document).map(({ language, lines, needs }) => ({ language, lines, needs }));
    assert.deepEqual(essence(japanese), essence(english), japanese.file);
  }
});
