import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { alertFileOf } from '../../../src/app/alerts.ts';
import { contentsOf } from '../../../src/app/contents.ts';
import { parseConfig } from '../../../src/config.ts';
import { AppError } from '../../../src/errors.ts';
import type { AlertSink } from '../../../src/health/alert-ports.ts';
import { alertText, lasting, type AlertMessage } from '../../../src/health/alert-model.ts';
import { createAlerting, type Alerting } from '../../../src/health/alerting/alerting.ts';
import { openTicker, type Look } from '../../../src/health/alerting/ticker.ts';
import { eventOf, linesOf, manualTime, scriptedSink, settled } from '../../support/alert-stage.ts';
import { recordingLog } from '../../support/fake-discord.ts';
import { tempFolder } from '../../support/temp-store.ts';

const SECRET = 'ghp_0123456789abcdefghij';
const disk = { key: 'disk:/data', severity: 'warning', words: { en: '81 % full', ja: '81 % 使用' } } as const;

/** A bot's alerts, which can be closed and opened again over the same file. */
function stage(t: TestContext) {
  const opened: Alerting[] = [];
  t.after(() => Promise.all(opened.map((alerting) => alerting.close())));
  const file = join(tempFolder(t), '.bot.db.alerts.json');
  const time = manualTime();
  const { log, lines } = recordingLog();
  async function open(...sinks: AlertSink[]) {
    const redact = (text: string) => text.replaceAll(SECRET, '•••');
    const alerting = createAlerting({
      clock: time.clock,
      random: () => 1,
      later: time.later,
      log,
      redact,
      flushMs: 100,
    });
    await alerting.begin({ file, sinks });
    opened.push(alerting);
    return alerting;
  }
  return { file, time, lines, open };
}

const down = async (): Promise<void> => {
  throw new AppError('unavailable', 'It is down.');
};

test('a restart neither repeats the beginning of the same trouble nor loses its end', async (t) => {
  const { open, time } = stage(t);
  const sink = scriptedSink('channel');
  const before = await open(sink);
  before.raise(disk);
  await settled();
  await before.close();
  time.now += 42 * 60_000;
  const after = await open(sink);
  assert.deepEqual(
    after.open().map(({ key }) => key),
    ['disk:/data'],
  );
  after.raise(disk);
  await settled();
  after.resolve('disk:/data');
  await settled();
  assert.deepEqual(linesOf(sink.sent), ['open disk:/data', 'resolved disk:/data']);
  const last = sink.sent.at(-1);
  assert.ok(last);
  assert.equal(alertText(last, 'en').title, '✅ Resolved after 42 min');
  assert.equal(alertText(last, 'ja').title, '✅ 42分後に解決');
  await after.close();
  const third = await open(sink);
  assert.deepEqual(third.open(), []);
  assert.equal(third.recent()[0]?.key, 'disk:/data');
});

test('what could not be sent before a restart is sent after it, to the sink it was for', async (t) => {
  const { open } = stage(t);
  const [working, broken] = [scriptedSink('webhook'), scriptedSink('email')];
  broken.manner = down;
  const before = await open(working, broken);
  before.raise(disk);
  before.announce('A restore was finished.');
  await settled();
  await before.close();
  assert.equal(broken.sent.length, 0);
  const without = await open(working); // for a while, nobody configures it
  await without.close();
  broken.manner = null;
  await open(working, broken);
  await settled();
  assert.deepEqual(linesOf(broken.sent), ['open disk:/data', 'notice A restore was finished.']);
  assert.deepEqual(linesOf(working.sent), ['open disk:/data', 'notice A restore was finished.']);
});

test('trouble with a way that was removed, or that works again after a restart, is over', async (t) => {
  const { open, time } = stage(t);
  const [working, broken] = [scriptedSink('webhook'), scriptedSink('email')];
  broken.manner = down;
  const before = await open(working, broken);
  before.raise(disk);
  await time.pass(60_000);
  await before.close();
  broken.manner = null;
  const again = await open(working, broken);
  await settled();
  assert.deepEqual(linesOf(working.sent.slice(1)), ['open alerts:email', 'resolved alerts:email']);
  again.raise({ key: 'alerts:email', severity: 'warning', words: 'as if' });
  await again.close();
  const without = await open(working);
  assert.deepEqual(
    without.open().map(({ key }) => key),
    ['disk:/data'],
  );
});

test('stopping waits a while for a sink that hangs, and keeps what did not go', async (t) => {
  const { open, file } = stage(t);
  const sink = scriptedSink('channel');
  sink.manner = () => new Promise(() => undefined);
  const alerting = await open(sink);
  alerting.raise(disk);
  await settled();
  await alerting.close();
  assert.match(readFileSync(file, 'utf8'), /"waiting":\{"channel":\{"events":\[\{"state":"open","key":"disk:/);
});

test('what is said while the bot stops is known at the next start', async (t) => {
  const { file, open } = stage(t);
  const alerting = await open();
  await alerting.close();
  alerting.raise(disk);
  await alerting.close();
  assert.match(readFileSync(file, 'utf8'), /disk:\/data/);
});

test('a sink that fails again and again is told of by the others, and by itself never', async (t) => {
  const { open, time } = stage(t);
  const [working, broken] = [scriptedSink('webhook'), scriptedSink('email')];
  broken.manner = down;
  const alerting = await open(working, broken);
  alerting.raise(disk);
  await time.pass(60_000);
  assert.deepEqual(linesOf(working.sent), ['open disk:/data', 'open alerts:email']);
  broken.manner = null;
  await time.pass(3_600_000);
  assert.deepEqual(linesOf(broken.sent), ['open disk:/data']);
  assert.deepEqual(linesOf(working.sent.slice(2)), ['resolved alerts:email']);
  assert.deepEqual(alerting.sinks()[1], {
    name: 'email',
    label: 'the email',
    waiting: 0,
    problem: null,
  });
});

test('secrets come out nowhere: not in messages, not in the file, not in what a sink complains of', async (t) => {
  const { open, file, lines } = stage(t);
  const sink = scriptedSink('channel');
  const broken = scriptedSink('broken');
  broken.manner = async () => {
    throw new AppError('unavailable', `cannot reach https://x/${SECRET}`);
  };
  const alerting = await open(sink, broken);
  alerting.raise({ ...disk, words: { en: `push to ${SECRET} failed`, ja: `${SECRET} に失敗` } });
  alerting.announce(`was ${SECRET}`);
  await settled();
  const tested = await alerting.test();
  await alerting.close();
  const told = lines.map(({ message }) => message);
  const out = JSON.stringify([sink.sent, readFileSync(file, 'utf8'), alerting.sinks(), tested, told]);
  assert.ok(!out.includes(SECRET));
  assert.ok(out.includes('•••'));
});

test('a test goes past the queue to every sink, and says of each what came of it', async (t) => {
  const { open } = stage(t);
  const [working, broken] = [scriptedSink('webhook'), scriptedSink('email')];
  broken.manner = down;
  const alerting = await open(working, broken);
  const results = await alerting.test();
  assert.deepEqual(
    results.map(({ label, problem }) => [label, problem]),
    [
      ['the webhook', null],
      ['the email', 'It is down.'],
    ],
  );
  assert.deepEqual(linesOf(working.sent), [
    'test Somebody tries whether alerts arrive. They do, here. Nothing is wrong.',
  ]);
  assert.deepEqual(alerting.open(), []);
});

test('a file that nobody can read is said and passed over, and single entries that make no sense are left out', async (t) => {
  const { open, file, lines } = stage(t);
  writeFileSync(file, '{"format":1,"book":');
  await (await open()).close();
  assert.ok(lines.some(({ message }) => message.includes('what was open is not known')));
  const kept = { ...disk, since: 5, saidAt: 5 };
  const book = { open: [kept, { key: 7 }, null], recent: 'none', muted: { a: 'later' } };
  writeFileSync(file, JSON.stringify({ format: 1, book, waiting: { channel: { events: [{}], more: -1 } } }));
  const alerting = await open(scriptedSink('channel'));
  assert.deepEqual(alerting.open(), [{ ...disk, since: 5 }]);
  assert.equal(alerting.sinks()[0]?.waiting, 0);
  await alerting.close();
  rmSync(file);
  const said = lines.length;
  await (await open()).close();
  assert.equal(lines.length, said, 'at the first start there is none');
  rmSync(file);
  mkdirSync(file);
  await open();
  assert.ok(lines.slice(said).some(({ message }) => message.includes('what was open is not known')));
});

test('a flood of 10,000 alerts makes few messages, and a file of bounded size', async (t) => {
  const { open, file, time } = stage(t);
  const sink = scriptedSink('channel');
  const alerting = await open(sink);
  for (let n = 0; n < 10_000; n += 1) alerting.raise({ ...disk, key: `disk:${n}` });
  alerting.raise({ key: 'sqlite:errors', severity: 'critical', words: 'the last one' });
  await time.pass(30 * 60_000);
  assert.equal(sink.sent.length, 2);
  assert.equal(sink.sent[1]?.events[0].key, 'sqlite:errors');
  alerting.resolve('sqlite:errors');
  await time.pass(0);
  await alerting.close();
  assert.deepEqual(linesOf(sink.sent.slice(2)), ['resolved sqlite:errors']);
  assert.ok(readFileSync(file).byteLength < 1_000_000);
});

test('a restore exchanges everything around the file, and leaves it where it is', () => {
  const config = parseConfig({ DATA_DIR: '/srv/bot' });
  const file = alertFileOf(config);
  assert.equal(file, '/srv/bot/.nescordbot.db.alerts.json');
  for (const { root, owns } of contentsOf(config)) {
    assert.ok(dirname(file) !== root || !owns(basename(file)));
    assert.ok(dirname(file) !== root || !owns(`${basename(file)}.new`));
  }
});

test('where nothing can be written, alerts go out all the same, and it is said once', async (t) => {
  const { time, lines } = stage(t);
  const { log } = recordingLog();
  const sink = scriptedSink('channel');
  const alerting = createAlerting({
    clock: time.clock,
    random: () => 1,
    later: time.later,
    log: { ...log, warn: (message) => void lines.push({ level: 'warn', message, details: {} }) },
    redact: (text) => text,
  });
  await alerting.begin({ file: join(tempFolder(t), 'gone', 'alerts.json'), sinks: [sink] });
  alerting.raise(disk);
  await settled();
  alerting.resolve(disk.key);
  await alerting.close();
  assert.deepEqual(linesOf(sink.sent), ['open disk:/data', 'resolved disk:/data']);
  assert.equal(lines.filter(({ message }) => message.includes('cannot be written')).length, 1);
});

test('messages say what, since when and for how long, in both languages, one or many', () => {
  const one = (more: object): AlertMessage => ({ events: [eventOf('disk:/data', { ...disk, ...more })], more: 0 });
  const at = Date.UTC(2026, 10, 21, 9, 30);
  assert.deepEqual(alertText(one({ severity: 'critical', since: at }), 'en'), {
    title: '🚨 Critical',
    body: '81 % full',
    footer: 'NescordBot · disk:/data · 2026-11-21 09:30 UTC',
  });
  assert.equal(alertText(one({ since: at }), 'ja').title, '⚠️ 警告');
  assert.equal(
    alertText(one({ state: 'reminder', since: 0, at: 3 * 86_400_000 }), 'ja').title,
    '🔔 3日経過しても未解決',
  );
  const many = alertText({ events: [eventOf('a'), eventOf('b', { state: 'resolved', at: 60_000 })], more: 12 }, 'en');
  assert.equal(many.title, '⚠️ 14 alerts');
  assert.match(many.body, /^⚠️ Warning – about a\n✅ Resolved after 1 min – about b\n… and 12 more/);
  const long = { events: [eventOf('a', { words: 'x'.repeat(9_000) })], more: 0 } as const;
  assert.equal(alertText(long, 'en').body.length, 3_500);
  assert.deepEqual(
    [0, 59_000, 3_600_000, 5_430_000, 47 * 3_600_000, 49 * 3_600_000].map((ms) => lasting(ms, 'en')),
    ['1 s', '1 min', '1 h', '1 h 31 min', '47 h', '2 days'],
  );
});

test('a ticker looks at one thing after the other, never twice at a time, and goes on when one look fails', async () => {
  const { log, lines } = recordingLog();
  const looked: string[] = [];
  const gate = { open: Promise.resolve() };
  const looks: Look[] = [
    { name: 'the disk', look: () => assert.fail('no such disk') },
    {
      name: 'the index',
      async look() {
        looked.push('begun');
        await gate.open;
        looked.push('done');
      },
    },
  ];
  let tick = (): void => undefined;
  let stopped = false;
  const every = (_ms: number, run: () => void) => {
    tick = run;
    return () => void (stopped = true);
  };
  const ticker = openTicker({ looks, everyMs: 60_000, every, log });
  const held = Promise.withResolvers<void>();
  gate.open = held.promise;
  tick();
  tick();
  tick();
  await settled();
  assert.deepEqual(looked, ['begun']);
  held.resolve();
  await ticker.round();
  await ticker.round();
  assert.deepEqual(looked, ['begun', 'done', 'begun', 'done']);
  assert.equal(lines.length, 1, 'the same failure is said once');
  await ticker[Symbol.asyncDispose]();
  assert.ok(stopped);
});
