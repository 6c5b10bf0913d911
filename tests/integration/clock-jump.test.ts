import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { CLI } from '../support/programs.ts';
import { quiet } from '../support/quiet.ts';
import { recordedQuestion } from '../support/recorded-question.ts';
import { startMain } from '../support/start-main.ts';
import { tempFolder } from '../support/temp-store.ts';

const run = promisify(execFile);
const DAY_MS = 24 * 3_600_000;
const API_TOKEN = 'correct-horse-battery-staple-0123456789';
const SHIFTED = `--import=${fileURLToPath(new URL('../support/shifted-clock.ts', import.meta.url))}`;

test('a clock that jumps by 400 days removes nothing for its age, until somebody says that it is right', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'nescordbot.db');
  const store = openStore({ file, timeoutMs: 1000 });
  store.history.recordQuestion(recordedQuestion({ askedAt: Date.now() - 10 * DAY_MS }));
  store.close();
  const questions = () => {
    const again = openStore({ file, timeoutMs: 1000 });
    const { questions } = again.people.countOf(recordedQuestion().userId);
    again.close();
    return questions;
  };
  const env = { DATA_DIR: folder, DATABASE_URL: `sqlite://${file}`, HISTORY_DAYS: '30', API_TOKEN, LOG_LEVEL: 'info' };
  const ahead = { NODE_OPTIONS: SHIFTED, CLOCK_AHEAD_MS: String(400 * DAY_MS) };
  const headers = { authorization: `Bearer ${API_TOKEN}`, 'x-requested-with': 'nescordbot' };

  async function bot(more: Readonly<Record<string, string>>, work: (origin: string, pid: number) => Promise<void>) {
    const main = startMain(t, { ...env, ...more });
    await main.said(/The playground is at http:\S+/);
    const origin = /The playground is at (http:\S+)/.exec(main.lines().join('\n'))?.[1] ?? '';
    await work(origin, main.child.pid ?? 0);
    main.child.kill('SIGTERM');
    assert.equal(await main.ended, 0, main.lines().join('\n'));
    return main.lines();
  }
  const clockOf = async (origin: string) => {
    const ready = await fetch(`${origin}/readyz`, { headers });
    const { parts } = (await ready.json()) as { parts: { name: string; state: string; detail: string }[] };
    assert.equal(ready.status, 200, 'it works all the same');
    return parts.find(({ name }) => name === 'clock') ?? null;
  };

  // It jumps while the bot runs.
  await bot({ NODE_OPTIONS: SHIFTED, CLOCK_JUMP_MS: String(400 * DAY_MS) }, async (origin, pid) => {
    assert.equal(await clockOf(origin), null);
    process.kill(pid, 'SIGUSR2');
    let found = await clockOf(origin);
    while (found === null) found = await clockOf(origin); // the signal is on its way
    assert.equal(found.state, 'degraded');
    assert.match(found.detail, /^The clock of this machine jumped to .* Nothing is deleted because of its age/);
  });
  assert.equal(questions(), 1);
  const kept = JSON.parse(readFileSync(join(folder, '.nescordbot.db.clock.json'), 'utf8')) as { at: number };
  assert.ok(kept.at <= Date.now(), 'what the wrong clock said is not kept as certain');

  // It is wrong at the start.
  const lines = await bot(ahead, async (origin) => {
    assert.match((await clockOf(origin))?.detail ?? '', /and the bot last ran at/);
  });
  assert.ok(
    lines.some((line) => /The clock is not where the last run left it/.test(line)),
    lines.join('\n'),
  );
  assert.equal(questions(), 1);

  // Somebody says that it is right, from a shell: what is old goes.
  const shell = { PATH: process.env['PATH'], ...quiet, ...env, ...ahead };
  const said = await run(process.execPath, [CLI, 'clock', 'confirm'], { cwd: folder, env: shell });
  assert.match(said.stdout, /The clock counts as right: it is 20\d\d-/);
  await bot(ahead, async (origin) => assert.equal(await clockOf(origin), null));
  assert.equal(questions(), 0);

  // And through the API, where the clock goes back to where it was: that is before the last run.
  await bot({}, async (origin) => {
    assert.match((await clockOf(origin))?.detail ?? '', /and the bot last ran at/);
    const confirmed = await fetch(`${origin}/api/clock/confirm`, { method: 'POST', headers });
    assert.equal(confirmed.status, 200, await confirmed.text());
    assert.equal(await clockOf(origin), null);
  });
  const audit = readFileSync(join(folder, 'nescordbot.db.audit.jsonl'), 'utf8');
  assert.deepEqual(audit.match(/"action":"clock confirm","outcome":"done","by":"\w+/g)?.length, 2, audit);
});
