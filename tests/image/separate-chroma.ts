import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { startContainer } from './container.ts';
import type { Image } from './image.ts';
import { ask, teach } from './lesson.ts';
import type { Report } from './report.ts';
import { stop } from './stop.ts';
import type { Volumes } from './volumes.ts';

const CHROMA =
  'exec node node_modules/chromadb/dist/cli.mjs run --path /app/chromadb_data --host 127.0.0.1 --port "$PORT"';

/** As compose.yaml does with its profile `chroma`; the server in this image is the one that a Chroma image would run. */
export async function checkSeparateChroma(image: Image, volumes: Volumes, report: Report): Promise<void> {
  const [data, index] = [await volumes.create('without-index'), await volumes.create('chroma')];
  await report.check('Chroma in a container of its own', async () => {
    await using chroma = await startContainer(image, {
      volumes: { '/app/chromadb_data': { path: index } },
      command: ['sh', '-c', CHROMA],
    });
    await chroma.ready('/api/v2/heartbeat');
    await chroma.exec('bash', '-c', await composeProbe(new URL(chroma.origin).port));
    const options = {
      volumes: { '/app/data': { path: data } },
      environment: { CHROMA_URL: chroma.origin },
      hardened: true,
    };
    await using bot = await startContainer(image, options);
    await bot.ready();
    await teach(bot.origin);
    await stop(bot);
    await using next = await startContainer(image, options);
    await next.ready();
    const answer = await ask(next.origin);
    assert.deepEqual(await readdir(data).then((names) => names.filter((name) => name.startsWith('chroma'))), []);
    return `taught, stopped, started again; ${answer}; ${await stop(next)}`;
  });
}

/** The health check that compose.yaml gives Chroma's image, which has neither curl nor Python. */
async function composeProbe(port: string): Promise<string> {
  const compose = await readFile(new URL('../../compose.yaml', import.meta.url), 'utf8');
  const probe = /'(exec 3<>\/dev\/tcp.*)'/.exec(compose)?.[1];
  assert.ok(probe !== undefined);
  return probe.replace('8000', port);
}
