import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { AppError, type ErrorCode } from '../../../src/errors.ts';
import { later } from '../../../src/backup/later.ts';
import { openDiscord, type DiscordOptions } from '../../../src/discord/open-discord.ts';
import { recordingLog } from '../../support/fake-discord.ts';

const LIMIT = { questions: 10, windowMs: 60_000 };

function options(api: string): DiscordOptions {
  return {
    token: 'token',
    api,
    commands: [],
    homeGuildId: null,
    homeStore: { read: () => null, save: async () => undefined },
    moderatorRoleIds: [],
    operatorUserIds: [],
    messageContent: true,
    limits: {
      userQuestions: LIMIT,
      guildQuestions: LIMIT,
      questionsAtOnce: 1,
      questionsWaiting: 1,
      attachmentBytes: 1000,
      deadlineMs: 1000,
    },
    log: recordingLog().log,
    clock: Date.now,
    random: Math.random,
    later,
    // Never reached: nobody logs in.
    ...({} as Pick<DiscordOptions, 'library' | 'answers' | 'settings' | 'health' | 'backups' | 'schedule' | 'alerts'>),
    ...({} as Pick<DiscordOptions, 'offSite' | 'integrity'>),
    ...({} as Pick<DiscordOptions, 'audit' | 'records' | 'people' | 'insights'>),
  };
}

/** A Discord that knows one answer, if not at once, and closes every gateway connection with one code. */
async function hostile(t: TestContext, status: number, closeCode = 1000, failures = 0): Promise<string> {
  let origin = '';
  let failed = 0;
  const server = createServer((_, response) => {
    failed += 1;
    response.writeHead(failed <= failures ? 503 : status, { 'content-type': 'application/json' });
    const session = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
    const body =
      status === 200
        ? { url: origin.replace('http', 'ws'), shards: 1, session_start_limit: session }
        : { message: '401: Unauthorized', code: 0 };
    response.end(JSON.stringify(body));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45_000 } }));
    socket.on('message', () => socket.close(closeCode));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  origin = `http://127.0.0.1:${address.port}`;
  return `${origin}/api`;
}

async function refusal(api: string, code: ErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(openDiscord(options(api)), (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(error.cause !== undefined);
    return true;
  });
}

test('a token that Discord does not accept ends the start with where to get another', async (t) => {
  await refusal(await hostile(t, 401), 'config', /DISCORD_TOKEN.*reset it.*discord\.com\/developers/);
  await refusal(await hostile(t, 200, 4004), 'config', /DISCORD_TOKEN/);
});

test('an intent that is switched off ends the start with the switch to turn on', async (t) => {
  await refusal(await hostile(t, 200, 4014), 'config', /MESSAGE_CONTENT_INTENT.*"Message Content Intent".*false/);
});

test('a bot that is asked to stop while it waits for Discord stops waiting, and mourns no connection', async (t) => {
  const silent = createServer(); // accepts, and never answers
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  const stopping = new AbortController();
  silent.once('request', () => stopping.abort());
  const { log, lines } = recordingLog();
  const opening = openDiscord({ ...options(`http://127.0.0.1:${address.port}/api`), log, signal: stopping.signal });
  await assert.rejects(opening, { code: 'aborted' });
  await assert.rejects(openDiscord({ ...options('http://127.0.0.1:9/api'), signal: stopping.signal }), {
    code: 'aborted',
  });
  assert.deepEqual(
    lines.filter(({ message }) => /lost|closed/.test(message)),
    [],
  );
});

test('a Discord that cannot be reached is waited for', async (t) => {
  const api = await hostile(t, 401, 1000, 4); // discord.js tries four times at once
  const { log, lines } = recordingLog();
  await assert.rejects(openDiscord({ ...options(api), log, editIntervalMs: 1 }), { code: 'config' });
  assert.deepEqual(
    lines.filter(({ message }) => /cannot be reached, trying again/.test(message)).map(({ level }) => level),
    ['warn'],
  );
});

test('a Discord that answers and lets nobody in is told apart from wrong settings', async (t) => {
  await refusal(await hostile(t, 400), 'unavailable', /could not be reached/);
});
