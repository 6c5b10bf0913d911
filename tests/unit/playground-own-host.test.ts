import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLocalRequest } from '../../src/playground/own-host.ts';

const CASES: readonly (readonly [string, string | undefined, string | undefined, boolean])[] = [
  ['the page itself', '127.0.0.1:3000', 'http://127.0.0.1:3000', true],
  ['another address of this machine alone', '127.0.0.2:3000', 'http://127.0.0.2:3000', true],
  ['localhost', 'localhost:3000', 'http://localhost:3000', true],
  ['IPv6', '[::1]:3000', 'http://[::1]:3000', true],
  ['a program, which sends no origin', '127.0.0.1:3000', undefined, true],
  ['a host that was allowed', 'bot.lan:3000', 'http://bot.lan:3000', true],
  ['another site', '127.0.0.1:3000', 'https://evil.example', false],
  ['another port of the same machine', '127.0.0.1:3000', 'http://127.0.0.1:8080', false],
  ['localhost calling 127.0.0.1', '127.0.0.1:3000', 'http://localhost:3000', false],
  ['a name rebound to this machine', 'evil.example:3000', 'http://evil.example:3000', false],
  ['a name that begins like an address', '127.0.0.1.evil.example:3000', undefined, false],
  ['a name that only looks local', 'localhost.evil.example', undefined, false],
  ['a host behind a name and an @', 'evil.example@localhost', undefined, false],
  ['a host with a path', 'localhost/evil.example', undefined, false],
  ['a sandboxed page', '127.0.0.1:3000', 'null', false],
  ['no host at all', undefined, undefined, false],
];

for (const [name, host, origin, expected] of CASES) {
  test(`${name} is ${expected ? 'let in' : 'refused'}`, () => {
    const headers = { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) };
    assert.equal(isLocalRequest({ headers, httpVersion: '1.1' }, ['bot.lan']), expected);
  });
}

for (const [name, value] of Object.entries({
  forwarded: 'for=203.0.113.1',
  via: '1.1 proxy',
  'x-forwarded-for': '203.0.113.1',
  'x-forwarded-host': 'bot.example.org',
  'x-forwarded-proto': 'https',
  'x-real-ip': '203.0.113.1',
  'cf-connecting-ip': '203.0.113.1',
  'fly-client-ip': '203.0.113.1',
  'x-azure-clientip': '203.0.113.1',
  'x-original-host': 'bot.example.org',
  'tailscale-user-login': 'somebody@example.org',
})) {
  test(`what a proxy hands on is refused, though it names this machine as the host: ${name}`, () => {
    const headers = { host: '127.0.0.1:3000', [name]: value };
    assert.equal(isLocalRequest({ headers, httpVersion: '1.1' }, []), false);
  });
}

test('so is a request in HTTP/1.0, which only proxies that add nothing send any more', () => {
  assert.equal(isLocalRequest({ headers: { host: '127.0.0.1:3000' }, httpVersion: '1.0' }, []), false);
});
