import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { FastifyPluginCallback } from 'fastify';
import { openHttpServer, type HttpServerOptions } from '../../src/http/server.ts';

const report = {
  version: '1.2.3',
  startedAt: 0,
  parts: [],
  totals: { guilds: 0, documents: 0, chunks: 0 },
  freeBytes: null,
  volumeBytes: null,
  folders: [],
};

async function open(t: TestContext, more: Pick<HttpServerOptions, 'connections' | 'headMs'> = {}) {
  const released = Promise.withResolvers<void>();
  let held = 0;
  const enough: { count: number; resolve: () => void }[] = [];
  const hold = (): void => {
    held += 1;
    for (const { count, resolve } of enough) if (held >= count) resolve();
  };
  const routes: FastifyPluginCallback = (server, _options, done) => {
    server.get('/quick', async () => ({ done: true }));
    server.post('/body', { onRequest: async () => hold() }, async () => ({ done: true }));
    void server.register(async (room) => {
      room.setErrorHandler((_error, _request, reply) => reply.code(500).send());
      room.get('/room', async () => ({ done: true }));
    });
    server.get('/big', async () => Buffer.alloc(64_000_000));
    const slow = async () => {
      hold();
      await released.promise;
      return { done: true };
    };
    server.get('/slow', slow);
    server.post('/slow', slow);
    server.server.on('upgrade', (_request, socket) => {
      hold();
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    done();
  };
  const server = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    status: { status: () => report },
    log: { error: () => undefined },
    plugins: [routes],
    ...more,
  });
  t.after(() => server.close());
  return {
    server,
    release: released.resolve,
    held: () => held,
    /** Until so many requests are under way. */
    underWay: (count: number): Promise<void> => {
      const reached = Promise.withResolvers<void>();
      if (held >= count) reached.resolve();
      enough.push({ count, resolve: reached.resolve });
      return reached.promise;
    },
    /** A connection that sends what it is given, and then nothing. */
    silent: async (text = '', localAddress = '127.0.0.1'): Promise<Socket> => {
      const socket = connect({ port: server.port, host: '127.0.0.1', localAddress });
      t.after(() => socket.destroy());
      socket.on('error', () => undefined); // closing it is what the server is to do
      await once(socket, 'connect');
      if (text !== '') socket.write(text);
      return socket;
    },
    /** On a connection of its own, unless an agent has one. */
    status: async (path: string, agent: Agent | false = false): Promise<number> => {
      const sent = request({ port: server.port, host: '127.0.0.1', path, agent });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      return response.statusCode ?? 0;
    },
  };
}

test('1,200 idle connections of one address silence nothing: health is answered, and 300 users of that address are', async (t) => {
  const { silent, status, release, underWay } = await open(t);
  const idle: Socket[] = [];
  for (let count = 0; count < 1_200; count += 1) idle.push(await silent());
  assert.equal(await status('/healthz'), 200);
  const users = Array.from({ length: 300 }, () => status('/slow'));
  await underWay(300);
  for (let count = 0; count < 1_200; count += 1) idle.push(await silent('GET /quick HTTP/1.1\r\nHost: a\r\n'));
  assert.equal(await status('/healthz'), 200);
  release();
  assert.deepEqual(new Set(await Promise.all(users)), new Set([200]), 'what carries a request is never closed');
});

test('a connection on which no whole head arrives in time is told so and closed, and so is one that sends nothing', async (t) => {
  const { silent } = await open(t, { headMs: 50 });
  for (const begun of ['', 'GET /quick HTTP/1.1\r\nHost: a\r\n']) {
    const socket = await silent(begun);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /did not arrive whole in time/);
  }
});

test('where all places are taken, what is kept alive and idle makes room first, then what has sent no head', async (t) => {
  const { silent, status } = await open(t, {
    connections: { most: 3, reserved: 0, mostUnfinished: 99, mostAhead: 16 },
  });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const first = await silent();
  await status('/quick', agent);
  const [kept] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  const second = await silent();
  assert.ok(kept);
  const gone: string[] = [];
  for (const [name, socket] of Object.entries({ first, kept, second })) socket.on('close', () => gone.push(name));
  const [ofKept, ofFirst] = [once(kept, 'close'), once(first, 'close')];
  assert.equal(await status('/quick'), 200);
  await ofKept;
  assert.deepEqual(gone, ['kept']);
  await silent(); // takes the place that is free again
  await silent();
  await ofFirst;
  assert.deepEqual(gone, ['kept', 'first']);
});

test('a body that does not arrive takes no place for long: the oldest of them makes room, and health is answered', async (t) => {
  const { silent, status, underWay } = await open(t, {
    connections: { most: 3, reserved: 1, mostUnfinished: 99, mostAhead: 16 },
  });
  for (const length of ['Content-Length: 9', 'Transfer-Encoding: chunked', 'Content-Length: 9'])
    await silent(`POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${length}\r\n\r\n`);
  await underWay(3);
  assert.equal(await status('/quick'), 200);
  assert.equal(await status('/healthz'), 200);
});

test('what does not take its answer makes room, too, where nothing else can', async (t) => {
  const { silent, status } = await open(t, {
    connections: { most: 2, reserved: 0, mostUnfinished: 99, mostAhead: 16 },
  });
  for (let count = 0; count < 2; count += 1) {
    const socket = await silent('GET /big HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'readable'); // it has begun, and nobody reads on
  }
  assert.equal(await status('/quick'), 200);
});

test('a connection may send some requests ahead; with more than that it is closed, and no more is worked at', async (t) => {
  const { silent, release, underWay, held } = await open(t);
  const one = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n';
  const flood = await silent(one.repeat(200));
  await once(flood, 'close');
  const worked = held();
  assert.ok(worked <= 16, `${worked} were worked at`);
  const some = await silent(one.repeat(16));
  await underWay(worked + 16);
  release();
  let answers = '';
  for await (const data of some) {
    answers += String(data);
    if (answers.match(/HTTP\/1\.1 200 /g)?.length === 16) break;
  }
});

test('one address that opens more than its share without a head loses its own oldest, and no request under way', async (t) => {
  const { silent, status, release, underWay } = await open(t, {
    connections: { most: 100, reserved: 0, mostUnfinished: 2, mostAhead: 16 },
  });
  const users = Array.from({ length: 10 }, () => status('/slow', new Agent()));
  await underWay(10);
  const [oldest] = [await silent(), await silent()];
  const ended = once(oldest, 'close');
  await silent();
  await ended;
  release();
  assert.deepEqual(new Set(await Promise.all(users)), new Set([200]));
});

test('where every place carries a request, health is answered from a reserve, and others are told to come back', async (t) => {
  const { server, status, release, underWay } = await open(t, {
    connections: { most: 4, reserved: 2, mostUnfinished: 99, mostAhead: 16 },
  });
  const users = Array.from({ length: 4 }, () => status('/slow'));
  await underWay(4);
  for (let round = 0; round < 5; round += 1) assert.equal(await status('/healthz'), 200);
  const refused = await fetch(`${server.url}/quick`);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5']);
  assert.equal(await status('/room'), 503, 'also where errors are answered in another way');
  release();
  assert.deepEqual(await Promise.all(users), [200, 200, 200, 200]);
  assert.equal(await status('/quick'), 200);
});

test('a request without a host is told so, also where errors are answered in another way', async (t) => {
  const { silent } = await open(t);
  for (const path of ['/quick', '/room']) {
    const socket = await silent(`GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const data of socket) answer += String(data);
    assert.match(answer, /^HTTP\/1\.1 400 [^]*does not say which host/);
  }
});

const NARROW = { most: 2, reserved: 0, mostUnfinished: 99, mostAhead: 16 };

test('what has sent its whole body, or was upgraded, is at work, however much of it comes later', async (t) => {
  for (const [begun, more] of [
    ['POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}', ''],
    ['GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'HTTP/1.1 200 echoed'],
  ] as const) {
    const { silent, status, release, underWay } = await open(t, { connections: NARROW });
    const working = await silent(begun);
    await underWay(1);
    const idle = await silent();
    const ended = once(idle, 'close');
    assert.equal(await status('/quick'), 200);
    await ended;
    release();
    working.write(more);
    let answer = '';
    for await (const data of working) if (/HTTP\/1\.1 200 /.test((answer += String(data)))) break;
    assert.match(answer, /HTTP\/1\.1 200 /, begun);
  }
});

test('of two addresses it is the one with more connections that have sent nothing whose oldest makes room', async (t) => {
  const { silent, status } = await open(t, { connections: { ...NARROW, most: 3 } });
  const alone = await silent();
  const [oldest] = [await silent('', '127.0.0.2'), await silent('', '127.0.0.2')];
  const ended = once(oldest, 'close');
  assert.equal(await status('/quick'), 200);
  await Promise.race([ended, once(alone, 'close').then(() => assert.fail('the only one of its address was closed'))]);
});

test('what sends nothing holds no place of the reserve against a health check', async (t) => {
  const { silent, status, release, underWay } = await open(t, { connections: { ...NARROW, reserved: 1 } });
  const users = [status('/slow'), status('/slow')];
  await underWay(2);
  const ended = once(await silent(), 'close');
  assert.equal(await status('/healthz'), 200);
  await ended;
  release();
  assert.deepEqual(await Promise.all(users), [200, 200]);
});
