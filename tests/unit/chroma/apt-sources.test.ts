import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMirrors } from '../../../src/adapters/chroma/apt-sources.ts';

const fallback = 'http://deb.debian.org/debian';

test("the machine's own mirror comes before the public one, in the one-line form", () => {
  const list = `# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian.gpg] https://mirror.example/debian/ bookworm main contrib
deb https://mirror.example/debian-security bookworm-security main
deb-src https://source.example/debian bookworm main
deb https://packages.example/apt stable main`;
  assert.deepEqual(parseMirrors([list]), ['https://mirror.example/debian', fallback]);
});

test('and in the deb822 form, comments and disabled stanzas aside', () => {
  const sources = `Types: deb deb-src
# URIs: http://old.example/debian
URIs: http://cache.example:3142/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://cache.example/debian-security
Suites: bookworm-security

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm`;
  assert.deepEqual(parseMirrors([sources]), [
    'http://cache.example:3142/debian',
    'http://second.example/debian',
    fallback,
  ]);
});

test('a mirror named twice is tried once, and with none the public one is used', () => {
  assert.deepEqual(parseMirrors([`deb ${fallback} bookworm main`, '']), [fallback]);
  assert.deepEqual(parseMirrors([]), [fallback]);
});
