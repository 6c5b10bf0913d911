import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isAppError, type ErrorCode, type Locale } from '../../src/errors.ts';
import type { AlertMessage } from '../../src/health/alert-model.ts';
import type { AlertSink } from '../../src/health/alert-ports.ts';
import { eventOf } from '../support/alert-stage.ts';

export type Trouble =
  'trouble of its own' | 'cut in the middle' | 'hanging' | 'not letting us in' | 'refusing the message';

export interface SinkStage {
  sink(locale: Locale): AlertSink;
  /** What arrived for people to read, decoded, oldest first. */
  arrived(): readonly string[] | Promise<readonly string[]>;
  /** From now on, and for sinks opened from now on. */
  trouble(kind: Trouble): void;
  readonly secrets: readonly string[];
}

const AT = Date.UTC(2026, 10, 21, 9, 30);
const WORDS = { en: 'The disk of /data is 92 % full.', ja: '/data のディスク使用率は 92 % です。' };

const disk = eventOf('disk:/data', { severity: 'critical', words: WORDS, since: AT, at: AT });
const one = (more: object = {}): AlertMessage => ({ events: [{ ...disk, ...more }], more: 0 });

/** What every way to people does, whatever it is made of. */
export function describeAlertSink(name: string, open: (t: TestContext) => Promise<SinkStage>): void {
  const contract = (words: string, run: (stage: SinkStage) => Promise<void>): void =>
    void test(`${name}: ${words}`, async (t) => run(await open(t)));
  const soon = () => AbortSignal.timeout(10_000);

  async function fails(codes: readonly ErrorCode[], { secrets }: SinkStage, work: Promise<unknown>): Promise<void> {
    await assert.rejects(work, (error) => {
      assert.ok(isAppError(error), String(error));
      assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
      const told = JSON.stringify([error.words, error.message, error.stack, String(error.cause)]);
      for (const secret of secrets) assert.ok(!told.includes(secret), told);
      return true;
    });
  }

  contract(
    'what is said arrives: the beginning, the end with how long it took, a test, several at once',
    async (stage) => {
      const sink = stage.sink('en');
      await sink.send(one(), soon());
      await sink.send(one({ state: 'resolved', at: AT + 42 * 60_000 }), soon());
      const several: AlertMessage = { events: [disk, eventOf('backup:failed', { words: 'no room' })], more: 12 };
      await sink.send(several, soon());
      const [begun = '', ended = '', digest = ''] = await stage.arrived();
      assert.match(begun, /🚨 Critical[^]*The disk of \/data is 92 % full\.[^]*disk:\/data · 2026-11-21 09:30 UTC/);
      assert.match(ended, /✅ Resolved after 42 min[^]*The disk of \/data is 92 % full\./);
      assert.match(digest, /🚨 14 alerts[^]*🚨 Critical – The disk[^]*⚠️ Warning – no room[^]*and 12 more/);
    },
  );

  contract('it speaks Japanese where that was asked for', async (stage) => {
    await stage.sink('ja').send(one({ state: 'resolved', at: AT + 42 * 60_000 }), soon());
    const [said = ''] = await stage.arrived();
    assert.match(said, /✅ 42分後に解決[^]*\/data のディスク使用率は 92 % です。/);
  });

  contract('words that look like mentions, markup or headers arrive as words', async (stage) => {
    const sink = stage.sink('en');
    await sink.send(one({ words: '@everyone <!channel> <@&1>\r\nBcc: thief@example.org\r\n\r\n<b>x</b>' }), soon());
    const [said = ''] = await stage.arrived();
    assert.match(said.replaceAll('\u200b', ''), /@everyone/);
    assert.match(said, /Bcc: thief@example\.org/);
  });

  contract('a long text arrives, cut where the other side has a limit', async (stage) => {
    await stage.sink('en').send(one({ words: `begin ${'long '.repeat(5_000)}` }), soon());
    assert.match((await stage.arrived())[0] ?? '', /begin long/);
  });

  contract('trouble of the other side is worth trying again, and no error tells a secret', async (stage) => {
    for (const kind of ['trouble of its own', 'cut in the middle'] as const) {
      stage.trouble(kind);
      await fails(['unavailable'], stage, stage.sink('en').send(one(), soon()));
    }
  });

  contract('who hangs is left when the time is up', async (stage) => {
    stage.trouble('hanging');
    await fails(['unavailable', 'aborted'], stage, stage.sink('en').send(one(), AbortSignal.timeout(100)));
  });

  contract('what somebody has to put right is told apart from what passes', async (stage) => {
    stage.trouble('not letting us in');
    await fails(['config', 'forbidden'], stage, stage.sink('en').send(one(), soon()));
    stage.trouble('refusing the message');
    await fails(['invalid', 'config'], stage, stage.sink('en').send(one(), soon()));
  });

  contract('its name and label have no secret', async (stage) => {
    const { name: sinkName, label } = stage.sink('en');
    for (const secret of stage.secrets) assert.ok(!`${sinkName} ${label}`.includes(secret));
  });
}
