import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openTestApp } from '../support/app.ts';

const HEADERS = ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy'];
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];

test('every answer has the headers that keep browsers safe, whoever gives it', async (t) => {
  const token = 'operator-token-0123456789-abcdefghij';
  const app = await openTestApp(t, { firstLesson: false, env: { API_TOKEN: token } });
  const port = Number(new URL(app.origin).port);
  const host = `Host: 127.0.0.1:${port}`;

  /** What is answered to these lines, up to its body. */
  async function ask(...lines: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => undefined); // it may be closed before all of a head that is too long was sent
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    const whole = Promise.withResolvers<void>();
    socket.on('data', () => answer.includes('\r\n\r\n') && whole.resolve());
    await Promise.race([whole.promise, once(socket, 'close')]);
    assert.match(answer, /\r\n\r\n/, `closed without an answer to ${lines.join(' ').slice(0, 80)}`);
    return answer.split('\r\n\r\n')[0] ?? '';
  }

  const get = (path: string, ...more: string[]) => ask(`GET ${path} HTTP/1.1`, host, ...more);
  const answers = {
    '200 health': await get('/healthz'),
    '200 readiness': await get('/readyz'),
    '200 the playground': await get('/'),
    '200 its head': await ask('HEAD / HTTP/1.1', host),
    '200 its icon': await get('/favicon.ico'),
    '200 its client': await get('/web/client/main.ts'),
    '200 the dashboard': await get('/dashboard'),
    '200 the documentation': await get('/api/docs'),
    '200 data': await get('/api/session', `Authorization: Bearer ${token}`),
    '200 a request with an expectation': await get('/healthz', 'Expect: the-best'),
    '200 an offer of HTTP/2': await get('/healthz', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'),
    '204 options': await ask('OPTIONS /healthz HTTP/1.1', host),
    '400 a bad address': await get('/%ff'),
    '400 no HTTP': await ask('nonsense'),
    '400 no host': await ask('GET /healthz HTTP/1.1'),
    '400 a bad WebSocket': await get('/playground/socket', ...UPGRADE),
    '401 no token': await get('/api/session'),
    '401 the local Discord': await get('/api/v10/users/@me'),
    '403 a page from elsewhere': await get('/api/v10/users/@me', 'Origin: https://evil.example'),
    '403 a WebSocket from elsewhere': await get('/playground/socket', 'Origin: https://evil.example', ...UPGRADE),
    '403 a proxy': await get('/', 'X-Forwarded-For: 203.0.113.1'),
    '403 a WebSocket by a proxy': await get('/playground/socket', 'Via: 1.1 proxy', ...UPGRADE),
    '404 nothing': await get('/nothing'),
    '404 a file': await get('/web/styles/nothing.css'),
    '404 an old file of the dashboard': await get('/dashboard/old/main.js', host),
    '404 no WebSocket': await get('/nothing', ...UPGRADE),
    '405 a method': await ask('POST /healthz HTTP/1.1', host, 'Content-Length: 0'),
    '414 a long name': await get(`/api/backup/${'a'.repeat(300)}`),
    '431 a long head': await get('/healthz', `X-Long: ${'a'.repeat(20_000)}`),
  };
  for (const [name, head] of Object.entries(answers)) {
    assert.equal(head.split(' ')[1], name.split(' ')[0], `${name}: ${head}`);
    const missing = HEADERS.filter((header) => !new RegExp(`^${header}: \\S`, 'im').test(head));
    assert.deepEqual(missing, [], name);
    assert.match(head, /^cache-control: (no-store|no-cache)/im, name);
  }
});
