import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { createPlayground } from '../../src/playground/playground.ts';
import { createThread } from '../../src/playground/state/channels.ts';
import { cleanFilename, createFileStore, filePath } from '../../src/playground/state/files.ts';
import { createIds } from '../../src/playground/state/ids.ts';
import { createMessage } from '../../src/playground/state/messages.ts';
import { BOUNDS } from '../../src/playground/state/world.ts';

test('the oldest files go when all together are too large, and the newest always stays', () => {
  const files = createFileStore(
    createIds(() => 2e12),
    100,
  );
  const put = (size: number) => files.put({ filename: 'a', contentType: 'text/plain', bytes: Buffer.alloc(size) }).id;
  const [first, second] = [put(60), put(40)];
  assert.ok(files.get(first));
  const third = put(50);
  assert.deepEqual(
    [files.get(first), files.get(second)?.bytes.length, files.get(third)?.bytes.length],
    [undefined, 40, 50],
  );
  const huge = put(200);
  assert.deepEqual([files.get(second), files.get(third), files.get(huge)?.bytes.length], [undefined, undefined, 200]);
});

test('a channel keeps its newest messages and a guild its newest threads', (t) => {
  const playground = createPlayground();
  t.after(() => playground.close());
  const { world } = playground;
  const [channel] = world.channels.values();
  assert.ok(channel);
  const authorId = world.personas.member.id;
  for (let n = 0; n < BOUNDS.messagesPerChannel + 5; n += 1)
    createMessage(world, channel, { authorId, content: `m${n}` });
  assert.equal(channel.messages.size, BOUNDS.messagesPerChannel);
  assert.equal([...channel.messages.values()][0]?.content, 'm5');
  for (let n = 0; n < BOUNDS.threadsPerGuild + 3; n += 1) {
    createThread(world, channel, { name: `t${n}`, ownerId: authorId, starter: null });
  }
  const threads = [...world.channels.values()].filter(({ kind }) => kind === 'thread');
  assert.equal(threads.length, BOUNDS.threadsPerGuild);
  assert.equal(threads[0]?.name, 't3');
});

test('ids ascend and tell their time, even within one millisecond', () => {
  const next = createIds(() => Date.UTC(2026, 0, 1));
  const [one, two] = [next(), next()];
  assert.ok(BigInt(two) > BigInt(one));
  assert.equal(Number(BigInt(one) >> 22n) + 1_420_070_400_000, Date.UTC(2026, 0, 1));
});

test('file names lose their folders and whatever could break a link', () => {
  assert.equal(cleanFilename('C:\\temp\\回答 (1).md'), '回答_1_.md');
  assert.equal(cleanFilename('..'), 'unknown');
  assert.equal(cleanFilename('a\u202Egpj.exe\0'), 'a_gpj.exe_');
});

test('a socket for an address that is not there is ended, not left open', { timeout: 60_000 }, async (t) => {
  const playground = createPlayground();
  const server = Fastify();
  await server.register(playground.plugin);
  t.after(() => server.close());
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/nowhere`);
  await new Promise((resolve) => socket.addEventListener('error', resolve, { once: true }));
  assert.equal(socket.readyState, WebSocket.CLOSED);
});

test('a file with the longest name can be fetched, and an upload that is no form is refused as such', async (t) => {
  const playground = createPlayground();
  const server = Fastify();
  await server.register(playground.plugin);
  t.after(() => server.close());
  const file = playground.world.files.put({
    filename: cleanFilename(`${'名'.repeat(300)}.md`),
    contentType: 'text/markdown',
    bytes: Buffer.from('hi'),
  });
  const headers = { host: '127.0.0.1' };
  const fetched = await server.inject({ url: filePath(file), headers });
  assert.deepEqual([fetched.statusCode, fetched.body], [200, 'hi']);
  const json = { ...headers, 'content-type': 'application/json' };
  const refused = await server.inject({ method: 'POST', url: '/playground/uploads', headers: json, payload: '{' });
  assert.equal(refused.statusCode, 400);
});
