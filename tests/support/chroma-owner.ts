// A process that serves a directory and prints its Chroma's pid, to be killed by a test.
import { openChromaServer } from '../../src/adapters/chroma/server.ts';
import { cacheDirectory, createTestLog } from './chroma.ts';

const server = await openChromaServer({ directory: process.argv[2] ?? '', cacheDirectory, log: createTestLog() });
process.stdout.write(`${server.pid()}\n`);
setInterval(() => undefined, 60_000);
