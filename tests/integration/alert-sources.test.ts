import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Events, type Client } from 'discord.js';
import { createLooks } from '../../src/app/alerting/looks.ts';
import type { TokenState } from '../../src/health/alert-ports.ts';
import { createPulse, watchedEmbedder } from '../../src/app/pulse.ts';
import { parseConfig } from '../../src/config.ts';
import { watchConnection, type Connection } from '../../src/discord/client.ts';
import { createAlerts } from '../../src/health/alerts.ts';
import { discordTrouble } from '../../src/health/alerting/rules/discord-trouble.ts';
import { geminiTrouble } from '../../src/health/alerting/rules/gemini-trouble.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { openGeminiBench } from '../support/gemini-adapters.ts';
import { invalidKey, quotaFailure } from '../support/gemini-server-replies.ts';

test("Gemini's day quota and a refused key are known by what Google answers", async (t) => {
  const { server, embedder, time } = await openGeminiBench(t);
  const pulse = createPulse('gemini', undefined, () => time.now);
  const watched = watchedEmbedder(embedder(), pulse);
  const keys = (known: string[] = []) =>
    geminiTrouble([pulse.status('embedder')], time.now, known).map(({ key }) => key);
  server.script({ kind: 'status', status: 429, body: quotaFailure('Day', '36s') });
  await assert.rejects(watched.embedQuery('x'));
  assert.deepEqual(keys(), ['gemini:quota']);
  time.now = Date.UTC(2026, 10, 22, 7, 59);
  assert.deepEqual(keys(['gemini:quota']), ['gemini:quota']);
  time.now = Date.UTC(2026, 10, 22, 8); // midnight in California
  assert.deepEqual(keys(['gemini:quota']), []);
  server.script({ kind: 'status', status: 400, body: invalidKey() });
  await assert.rejects(watched.embedQuery('x'));
  assert.deepEqual(keys(), ['gemini:refused']);
});

test('a token that Discord refuses while the bot runs is told apart from a connection that is lost', () => {
  const client = new EventEmitter() as unknown as Client;
  const connection: Connection = { state: 'ok', detail: 'connected' };
  watchConnection(client, connection, recordingLog().log);
  const keys = () => discordTrouble({ name: 'discord', ...connection }, 0, 1).map(({ key }) => key);
  const close = (code: number) => (client as unknown as EventEmitter).emit(Events.ShardDisconnect, { code }, 0);
  close(4014);
  assert.deepEqual([connection.state, keys()], ['down', []]);
  close(4004);
  assert.deepEqual([connection.state, keys()], ['down', ['discord:refused']]);
  (client as unknown as EventEmitter).emit(Events.ShardReconnecting, 0);
  assert.deepEqual([connection.state, keys()], ['degraded', []]);
});

test('a token for GitHub that is not configured any more is no trouble any more', async () => {
  const alerts = createAlerts({ deliver: () => undefined, clock: Date.now });
  alerts.raise({ key: 'github:token', severity: 'critical', words: 'GitHub does not accept GITHUB_TOKEN.' });
  const never = () => assert.fail('nothing else is looked at');
  const looks = createLooks({
    config: parseConfig({}),
    alerts,
    backups: { list: never, coverage: never, space: never },
    schedule: { current: never },
    knowledge: never,
    health: { status: never },
    clock: Date.now,
    whenFree: never,
    trustedClock: { look: never, doubt: never },
  });
  await looks.find(({ name }) => name === 'the token for GitHub')?.look();
  assert.deepEqual(alerts.open(), []);
});

test('whether GitHub still takes the token is asked again soon after it could not be, and after the clock was put back', async () => {
  const never = () => assert.fail('nothing else is looked at');
  const asked: number[] = [];
  let now = Date.UTC(2026, 10, 21);
  let state: TokenState['state'] = 'unknown';
  const looks = createLooks({
    config: parseConfig({
      GITHUB_SYNC_ENABLED: 'true',
      GITHUB_DATA_REPO: 'https://github.com/mika/bot-data.git',
      GITHUB_TOKEN: 'github_pat_0123456789',
    }),
    alerts: createAlerts({ deliver: () => undefined, clock: () => now }),
    backups: { list: never, coverage: never, space: never },
    schedule: { current: never },
    knowledge: never,
    health: { status: never },
    clock: () => now,
    whenFree: never,
    trustedClock: { look: never, doubt: never },
    async checkToken({ repository }) {
      assert.equal(repository, 'mika/bot-data');
      asked.push(now);
      return { state, expiresAt: null, movedTo: null };
    },
  });
  const look = async (minutes: number) => {
    now += minutes * 60_000;
    await looks.find(({ name }) => name === 'the token for GitHub')?.look();
    return asked.length;
  };
  assert.deepEqual([await look(0), await look(9), await look(1)], [1, 1, 2]);
  state = 'accepted';
  assert.deepEqual([await look(10), await look(359), await look(1)], [3, 3, 4]);
  assert.equal(await look(-400 * 24 * 60), 5);
});
