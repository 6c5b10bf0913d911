import { after, before } from 'node:test';
import { createRemoteConnection } from '../../src/adapters/chroma/connection.ts';
import { openChromaIndex } from '../../src/adapters/chroma/index.ts';
import type { ChromaServer } from '../../src/adapters/chroma/server.ts';
import { openTestChroma } from '../support/chroma.ts';
import { createMemoryIndex } from '../support/memory-index.ts';
import { describeVectorIndex } from './vector-index.ts';

const closing: (() => unknown)[] = [];
const scope = { after: (close: () => unknown) => void closing.unshift(close) };
let server: ChromaServer;

before(async () => {
  server = await openTestChroma(scope);
});
after(async () => {
  for (const close of closing) await close();
});

describeVectorIndex('memory', () => Promise.resolve(createMemoryIndex()));
describeVectorIndex('local Chroma', () =>
  Promise.resolve(openChromaIndex({ connection: server, collectionPrefix: 'local' })),
);
describeVectorIndex('remote Chroma', () => {
  const { host, port } = server.endpoint();
  const connection = createRemoteConnection({ url: `http://${host}:${port}`, apiKey: 'some-key' });
  return Promise.resolve(openChromaIndex({ connection, collectionPrefix: 'remote' }));
});
