import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts, type AlertMessage } from '../../src/health/alerts.ts';

test('an alert is said once when it begins and once when it is over, with how long it took', () => {
  const said: AlertMessage[] = [];
  let now = 1_000;
  const alerts = createAlerts({ deliver: (message) => said.push(message), clock: () => now });
  alerts.raise({ key: 'disk', severity: 'warning', words: '81 % full' });
  alerts.raise({ key: 'disk', severity: 'warning', words: '82 % full' });
  assert.deepEqual(alerts.open(), [{ key: 'disk', severity: 'warning', words: '82 % full', since: 1_000 }]);
  now = 43_000;
  alerts.resolve('disk');
  alerts.resolve('disk');
  assert.deepEqual(
    said.map(({ state, words, lastedMs }) => [state, words, lastedMs]),
    [
      ['open', '81 % full', null],
      ['resolved', '82 % full', 42_000],
    ],
  );
  assert.deepEqual(alerts.open(), []);
});

test('what happened and is over is said, and does not stay open', () => {
  const said: AlertMessage[] = [];
  const alerts = createAlerts({ deliver: (message) => said.push(message), clock: () => 0 });
  alerts.announce('A restore was finished after a crash.');
  assert.deepEqual([said.length, said[0]?.state, alerts.open()], [1, 'notice', []]);
});
