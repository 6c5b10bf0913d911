import { readFile } from 'node:fs/promises';

/** Of the Chroma that comes with this program; whether it can read a copy of another one's is judged by it. */
export async function readChromaVersion(): Promise<string> {
  const entry = new URL(import.meta.resolve('chromadb'));
  const { version } = JSON.parse(await readFile(new URL('../package.json', entry), 'utf8')) as { version: string };
  return version;
}
