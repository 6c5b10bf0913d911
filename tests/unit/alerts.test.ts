import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsIn } from '../../src/errors.ts';
import type { AlertEvent } from '../../src/health/alert-model.ts';
import { createAlerts } from '../../src/health/alerts.ts';

const HOUR_MS = 3_600_000;

function stage(redact: (text: string) => string = (text) => text) {
  const said: AlertEvent[] = [];
  const time = { now: 1_000 };
  const open = () => createAlerts({ deliver: (event) => said.push(event), clock: () => time.now, redact });
  const lines = () => said.splice(0).map(({ state, words }) => `${state}: ${wordsIn('en', words)}`);
  return { alerts: open(), open, said, time, lines };
}

test('an alert is said once when it begins and once when it is over, with how long it took', () => {
  const { alerts, said, time, lines } = stage();
  alerts.raise({ key: 'disk', severity: 'warning', words: '81 % full' });
  alerts.raise({ key: 'disk', severity: 'warning', words: '82 % full' });
  assert.deepEqual(alerts.open(), [{ key: 'disk', severity: 'warning', words: '82 % full', since: 1_000 }]);
  time.now = 43_000;
  alerts.resolve('disk');
  alerts.resolve('disk');
  const last = said.at(-1);
  assert.equal((last?.at ?? 0) - (last?.since ?? 0), 42_000);
  assert.deepEqual(lines(), ['open: 81 % full', 'resolved: 82 % full']);
  assert.deepEqual(alerts.open(), []);
  assert.deepEqual(alerts.recent(), [
    { key: 'disk', severity: 'warning', words: '82 % full', since: 1_000, resolvedAt: 43_000 },
  ]);
});

test('what happened and is over is said, and does not stay open', () => {
  const { alerts, lines } = stage();
  alerts.announce('A restore was finished after a crash.');
  assert.deepEqual(lines(), ['notice: A restore was finished after a crash.']);
  assert.deepEqual(alerts.open(), []);
  assert.equal(alerts.recent()[0]?.key, null);
});

test('what gets worse is said again: a higher step, or critical; what gets better is not', () => {
  const { alerts, lines } = stage();
  const full = (level: number, severity: 'warning' | 'critical') =>
    alerts.raise({ key: 'disk', severity, level, words: `${level} %` });
  full(80, 'warning');
  full(90, 'warning');
  full(95, 'critical');
  full(80, 'warning');
  full(90, 'warning');
  assert.deepEqual(lines(), ['open: 80 %', 'worse: 90 %', 'worse: 95 %', 'worse: 90 %']);
});

test('a family is settled at once: what is not wrong any more is resolved, other families stay', () => {
  const { alerts, lines } = stage();
  alerts.raise({ key: 'volume:/data', severity: 'critical', words: 'not on a volume' });
  const behind = (name: string) => ({ key: `vault:${name}`, severity: 'warning', words: `${name} is behind` }) as const;
  alerts.settle('vault:', [behind('s3'), behind('github')]);
  alerts.settle('vault:', [behind('github')]);
  alerts.settle('vault:', []);
  assert.deepEqual(lines(), [
    'open: not on a volume',
    'open: s3 is behind',
    'open: github is behind',
    'resolved: s3 is behind',
    'resolved: github is behind',
  ]);
  assert.deepEqual(
    alerts.open().map(({ key }) => key),
    ['volume:/data'],
  );
});

test('what stays critical for a day is said again each day, a warning is not', () => {
  const { alerts, time, lines } = stage();
  alerts.raise({ key: 'a', severity: 'critical', words: 'critical' });
  alerts.raise({ key: 'b', severity: 'warning', words: 'warning' });
  lines();
  time.now += 24 * HOUR_MS - 1;
  alerts.look();
  assert.deepEqual(lines(), []);
  time.now += 1;
  alerts.look();
  alerts.look();
  assert.deepEqual(lines(), ['reminder: critical']);
  time.now += 24 * HOUR_MS;
  alerts.look();
  assert.deepEqual(lines(), ['reminder: critical']);
});

test('a muted key is silent for its time; what is still open then is said, and good news is never held back', () => {
  const { alerts, time, lines } = stage();
  alerts.raise({ key: 'known', severity: 'critical', words: 'known' });
  lines();
  alerts.mute('known', HOUR_MS);
  alerts.mute('new', HOUR_MS);
  alerts.raise({ key: 'new', severity: 'warning', words: 'new' });
  assert.deepEqual(lines(), []);
  assert.equal(alerts.open().length, 2);
  alerts.resolve('known');
  assert.deepEqual(lines(), ['resolved: known']);
  time.now += HOUR_MS;
  alerts.look();
  assert.deepEqual(lines(), ['open: new']);
  alerts.mute('new', HOUR_MS);
  alerts.mute('new', 0);
  assert.deepEqual(lines(), ['reminder: new']);
  alerts.mute('new', 0);
  assert.deepEqual(lines(), [], 'it was not muted any more');
  assert.equal(alerts.muted().size, 0);
  alerts.mute('quiet', HOUR_MS);
  alerts.raise({ key: 'quiet', severity: 'warning', words: 'quiet' });
  alerts.resolve('quiet');
  assert.deepEqual(lines(), [], 'nobody was told of the beginning');
});

test('after a restart the same trouble is not said again, and its end is', () => {
  const before = stage();
  before.alerts.raise({ key: 'disk', severity: 'warning', level: 80, words: '80 %' });
  before.alerts.mute('other', HOUR_MS);
  const { alerts, time, lines } = stage();
  alerts.restore(before.alerts.book());
  time.now = 61_000;
  alerts.raise({ key: 'disk', severity: 'warning', level: 80, words: '81 %' });
  alerts.raise({ key: 'other', severity: 'warning', words: 'muted' });
  assert.deepEqual(lines(), []);
  alerts.resolve('disk');
  assert.deepEqual(lines(), ['resolved: 81 %']);
  assert.equal(alerts.recent()[0]?.since, 1_000);
});

test('secrets in words and keys are masked before anybody sees or keeps them', () => {
  const { alerts, said } = stage((text) => text.replaceAll('hunter2hunter2', '•••'));
  const secret = 'hunter2hunter2';
  alerts.raise({ key: `vault:${secret}`, severity: 'warning', words: { en: `no ${secret}`, ja: `${secret} です` } });
  alerts.announce(`it was ${secret}`);
  assert.ok(!JSON.stringify([said, alerts.open(), alerts.recent(), alerts.book()]).includes(secret));
});

test('keys without end push out the oldest that is not critical, and words are bounded', () => {
  const { alerts } = stage();
  alerts.raise({ key: 'first', severity: 'critical', words: 'x'.repeat(100_000) });
  for (let n = 0; n < 10_000; n += 1) alerts.raise({ key: `k${n}`, severity: 'warning', words: 'flood' });
  assert.equal(alerts.open().length, 500);
  const [first] = alerts.open();
  assert.equal(first?.key, 'first');
  assert.ok(JSON.stringify(first?.words).length <= 2_002);
});
