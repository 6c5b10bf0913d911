import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Events, type Client } from 'discord.js';
import { createLooks } from '../../src/app/alerting/looks.ts';
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
    backups: { list: never, space: never },
    schedule: { current: never },
    knowledge: never,
    health: { status: never },
    clock: Date.now,
    whenFree: never,
  });
  await looks.find(({ name }) => name === 'the token for GitHub')?.look();
  assert.deepEqual(alerts.open(), []);
});
