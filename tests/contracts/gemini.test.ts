import { openGeminiBench } from '../support/gemini-adapters.ts';
import { embedderContract } from './embedder.ts';
import { generatorContract } from './generator.ts';

embedderContract('gemini-embedding-001', async (t) => (await openGeminiBench(t)).embedder());
embedderContract('gemini-embedding-2', async (t) =>
  (await openGeminiBench(t)).embedder({ model: 'gemini-embedding-2' }),
);
generatorContract('Gemini', async (t) => (await openGeminiBench(t)).generator());
