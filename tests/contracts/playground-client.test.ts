import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { ServerFrame } from '../../src/playground/client-protocol.ts';
import type { Snapshot } from '../../src/playground/client-state.ts';
import { connectBot } from '../support/playground-bot.ts';
import { openTestDiscord, type TestDiscord } from '../support/playground.ts';

function openSocket(t: TestContext, { origin }: TestDiscord, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/playground/socket`, { headers });
  t.after(() => socket.terminate());
  const frames: ServerFrame[] = [];
  const watchers = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as ServerFrame);
    for (const look of watchers) look();
  });
  const frame = (found: (frame: ServerFrame) => boolean): Promise<ServerFrame> => {
    const { promise, resolve } = Promise.withResolvers<ServerFrame>();
    const look = (): void => {
      const match = frames.find(found);
      if (match !== undefined) resolve(match);
    };
    watchers.add(look);
    look();
    return promise.finally(() => watchers.delete(look));
  };
  const ask = (ref: number, action: string, args: unknown): Promise<ServerFrame> => {
    socket.send(JSON.stringify({ ref, action, args }));
    return frame((one) => 'ref' in one && one.ref === ref);
  };
  return { socket, ask, frame };
}

test('a browser says hello, gets the state, and hears of what happens next', async (t) => {
  const discord = await openTestDiscord(t);
  const { socket, ask, frame } = openSocket(t, discord, { origin: discord.origin });
  await once(socket, 'open');
  const hello = await ask(1, 'hello', { persona: 'member', locale: 'ja' });
  assert.ok('ref' in hello && hello.ok);
  const snapshot = hello.result as Snapshot;
  assert.deepEqual([snapshot.me.username, snapshot.botOnline, snapshot.locale], ['mika', false, 'ja']);
  const client = await connectBot(t, discord);
  await frame((one) => 'event' in one && one.event === 'botPresence' && one.online);
  await client.application.commands.set([{ name: 'ask', nameLocalizations: { ja: '質問' }, description: 'Ask' }]);
  const updated = await frame((one) => 'event' in one && one.event === 'guildUpdated' && one.guild.commands.length > 0);
  assert.ok('event' in updated && updated.event === 'guildUpdated');
  assert.equal(updated.guild.commands[0]?.localName, '質問');
});

test('refusals are answers, and frames that make no sense close the socket', async (t) => {
  const discord = await openTestDiscord(t);
  const { socket, ask } = openSocket(t, discord);
  await once(socket, 'open');
  const early = await ask(1, 'history', { channelId: discord.channelId });
  assert.deepEqual(early, { ref: 1, ok: false, error: { code: 0, message: 'Say hello first.' } });
  await ask(2, 'hello', { persona: 'member', locale: 'en' });
  const tooLong = await ask(3, 'say', { channelId: discord.channelId, content: 'x'.repeat(2_001) });
  assert.ok('ref' in tooLong && !tooLong.ok);
  assert.equal(tooLong.error.message, 'Invalid Form Body: Must be 2000 or fewer in length.');
  for (const [ref, action, args] of [
    [4, 'nonsense', {}],
    [5, 'say', null],
    [6, 'command', { channelId: discord.channelId, name: 7 }],
    [7, 'hello', { persona: '__proto__', locale: 'en' }],
  ] as const) {
    const refused = await ask(ref, action, args);
    assert.ok('ref' in refused && !refused.ok, action);
  }
  socket.send('not json');
  const [code] = await once(socket, 'close');
  assert.equal(code, 1007);
});

test('pages of other sites and rebound names get nothing', async (t) => {
  const discord = await openTestDiscord(t);
  const refused = async (headers: Record<string, string>): Promise<number | undefined> => {
    const { socket } = openSocket(t, discord, headers);
    socket.on('error', () => undefined);
    const [, response] = await once(socket, 'unexpected-response');
    return (response as { statusCode?: number }).statusCode;
  };
  assert.equal(await refused({ origin: 'https://evil.example' }), 403);
  assert.equal(await refused({ origin: 'null' }), 403);
  assert.equal(await refused({ origin: 'http://127.0.0.1:1' }), 403);
  assert.equal(await refused({ host: 'evil.example' }), 403);
  const form = new FormData();
  form.set('file', new Blob(['x']), 'x.txt');
  const upload = await fetch(`${discord.origin}/playground/uploads`, {
    method: 'POST',
    body: form,
    headers: { origin: 'https://evil.example' },
  });
  assert.equal(upload.status, 403);
});

test('an uploaded page is downloaded, never run as one of ours', async (t) => {
  const discord = await openTestDiscord(t);
  const member = discord.as('member');
  const id = await member.upload('../../<b>page.html', '<script>alert(1)</script>', 'text/html');
  const said = await member.say('', { uploadIds: [id] });
  const [file] = said.attachments;
  assert.equal(file?.filename, '_b_page.html');
  const response = await fetch(discord.origin + file?.url);
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment;/);
  assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  await assert.rejects(member.upload('big.bin', new Uint8Array(10 * 1024 * 1024 + 1)), /413.*40005/);
});

test('people have the rights of their roles', async (t) => {
  const discord = await openTestDiscord(t);
  const said = await discord.as('operator').say('Mine');
  await assert.rejects(discord.as('member').deleteMessage(said), /Missing Permissions/);
  await discord.as('moderator').deleteMessage(said);
  assert.deepEqual(await discord.as('member').messages(), []);
});
