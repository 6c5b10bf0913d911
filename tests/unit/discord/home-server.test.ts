import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createHomeFile } from '../../../src/app/home-file.ts';
import { createHomeServer } from '../../../src/discord/home-server.ts';
import { createQuietAlerting } from '../../support/quiet-alerting.ts';
import { recordingLog } from '../../support/fake-discord.ts';
import { tempFolder } from '../../support/temp-store.ts';

/** An application in the servers A and B, of which A was home before it started. */
async function open(t: TestContext, configured: string | null) {
  const store = createHomeFile({ database: { file: join(tempFolder(t), 'bot.db') } });
  await store.save({ applicationId: '1', guildId: 'a' });
  const told: unknown[] = [];
  const stored: unknown[] = [];
  const server = createHomeServer({
    configured,
    adopts: true,
    store,
    alerts: { ...createQuietAlerting(), announce: (words) => void told.push(words) },
    servers: () => ['a', 'b'].map((id) => ({ id, name: id.toUpperCase() })),
    onMove: async () => void stored.push(store.read()?.guildId),
    log: recordingLog().log,
  });
  await server.begin('1');
  return { home: server.home, store, told, /** What was saved each time that the commands were to follow. */ stored };
}

test('who moves home has it saved first, told once, and the commands follow; to where it is, it does not move', async (t) => {
  const { home, told, stored } = await open(t, null);
  await home.move('a', 'Olivia');
  assert.deepEqual([home.guildId(), told, stored], ['a', [], []]);
  await home.move('b', 'Olivia');
  assert.deepEqual([home.guildId(), told.length, stored], ['b', 1, ['b']]);
  await assert.rejects(home.move('c', 'Olivia'), { code: 'not_found' });
  assert.deepEqual([home.guildId(), told.length, stored], ['b', 1, ['b']]);
});

test('where the setting names the home server nobody moves it', async (t) => {
  const { home, store, told, stored } = await open(t, 'a');
  await assert.rejects(home.move('b', 'Olivia'), { code: 'conflict', message: /HOME_GUILD_ID/ });
  assert.deepEqual([home.guildId(), store.read()?.guildId, told, stored], ['a', 'a', [], []]);
});
