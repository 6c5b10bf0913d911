import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { diagnose } from '../../src/cli/doctor.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { fail, ok, skip, warn, type Finding } from '../../src/health/doctor/finding.ts';
import { checkClock, checkNode } from '../../src/health/doctor/machine.ts';

async function told(findings: readonly Finding[], json: boolean): Promise<{ code: number; out: string }> {
  const out = new PassThrough();
  const terminal = createTerminal({ out: out as never, notes: out as never }, json);
  async function* examine() {
    yield* findings;
  }
  const reading = text(out);
  const code = await diagnose(examine, terminal);
  out.end();
  return { code, out: await reading };
}

test('the doctor says what is wrong, what to do, and how many checks failed', async () => {
  const findings = [
    ok('Node', 'v24.0.0'),
    warn('backups', 'none yet', 'Make one.'),
    fail('token', 'refused', 'Copy it.'),
  ];
  const { code, out } = await told(findings, false);
  assert.equal(code, 1);
  assert.match(
    out,
    /ok .*Node: v24\.0\.0\n.*warn.* backups: none yet\n +→ Make one\.\n.*fail.* token: refused\n +→ Copy it\./,
  );
  assert.match(out, /\n1 check failed; 1 warning\.\n$/);
  const well = await told([], false);
  assert.deepEqual([well.code, well.out], [0, 'All is well.\n']);
  const three = await told(
    [skip('a', 'of b'), ...'bcd'.split('').map((name) => fail(name, 'broken', 'Mend it.'))],
    false,
  );
  assert.equal(three.code, 1, '3 is for what is damaged');
  assert.match(three.out, /skip.* a: not looked at, because of b\n/);
  assert.match(three.out, /\n3 checks failed; 0 warnings\.\n$/);
});

test('as JSON it is one line, and however many checks failed, the exit code is that of a failure', async () => {
  const many = Array.from({ length: 300 }, (_, n) => fail(`check ${n}`, 'broken', 'Mend it.'));
  const { code, out } = await told(many, true);
  assert.equal(code, 1);
  assert.equal((JSON.parse(out) as { failures: number }).failures, 300);
});

test('a clock may be some seconds off, not minutes', () => {
  const verdicts = [0, 9_000, -30_000, 400_000, -400_000].map((skewMs) => checkClock(skewMs).verdict);
  assert.deepEqual(verdicts, ['ok', 'ok', 'warn', 'fail', 'fail']);
  assert.match(checkClock(-400_000).detail, /400 s ahead of/);
});

test('an older Node is named', () => {
  assert.equal(checkNode('v24.1.0').verdict, 'ok');
  assert.equal(checkNode('v22.18.0').verdict, 'fail');
});
