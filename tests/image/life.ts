import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerOptions } from './bundle.ts';
import { startContainer, type Container } from './container.ts';
import type { Image } from './image.ts';
import { ask, teach } from './lesson.ts';
import { seconds, type Report } from './report.ts';
import { giveToRoot, ownersIn, type Volumes } from './volumes.ts';

const NODE_UID = 1000;
const CHROMA =
  'exec node node_modules/chromadb/dist/cli.mjs run --path /app/chromadb_data --host 127.0.0.1 --port "$PORT"';
const STOP_WITHIN_MS = 10_000;

/** Taught, stopped and started again in every way that the image is meant for, on the same two volumes. */
export async function checkLife(image: Image, volumes: Volumes, report: Report): Promise<void> {
  const [data, index] = [await volumes.create('data'), await volumes.create('chromadb_data')];
  const options: ContainerOptions = {
    volumes: { '/app/data': { path: data }, '/app/chromadb_data': { path: index } },
    environment: { CHROMADB_PERSIST_DIRECTORY: '/app/chromadb_data' },
  };
  const again = (what: string, more: ContainerOptions) =>
    report.check(what, async () => {
      await using container = await startContainer(image, { ...options, ...more });
      const readyMs = await container.ready();
      await assertIsNode(container);
      const answer = await ask(container.origin);
      return `ready in ${seconds(readyMs)}; ${answer}; ${await stop(container)}`;
    });

  await report.check('first start, on volumes that belong to root', async () => {
    await using container = await startContainer(image, options);
    const readyMs = await container.ready();
    assert.match(container.log(), /The volume at \/app\/data belongs to root\. Giving it to the user node/);
    await assertIsNode(container);
    await container.exec(...image.healthcheck);
    await teach(container.origin);
    await ask(container.origin);
    const found = await container.exec('nescordbot', 'search', 'tide tables');
    assert.match(found, /green lamp/, 'the shell inside finds it, too');
    await assertReaps(container);
    const stopped = await stop(container);
    assert.deepEqual([...(await ownersIn(data)), ...(await ownersIn(index))], [NODE_UID, NODE_UID]);
    return `ready in ${seconds(readyMs)}; runs as node; healthy; taught; ${stopped}`;
  });
  await again('a new container on the same volumes', {});
  await again('read-only, with three rights of root', { hardened: true });
  await again('started as node, with no rights of root', { uid: NODE_UID, hardened: true });
  await report.check('volumes that a bot filled as root', async () => {
    await giveToRoot(data);
    await using container = await startContainer(image, options);
    await container.ready();
    assert.deepEqual([...(await ownersIn(data))], [NODE_UID]);
    const answer = await ask(container.origin);
    return `all files given to node; ${answer}; ${await stop(container)}`;
  });
}

/** As compose.yaml does with its profile `chroma`; the server in this image is the one that a Chroma image would run. */
export async function checkSeparateChroma(image: Image, volumes: Volumes, report: Report): Promise<void> {
  const [data, index] = [await volumes.create('without-index'), await volumes.create('chroma')];
  await report.check('Chroma in a container of its own', async () => {
    await using chroma = await startContainer(image, {
      volumes: { '/app/chromadb_data': { path: index } },
      command: ['sh', '-c', CHROMA],
    });
    await chroma.ready('/api/v2/heartbeat');
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

/** The first process reaps, the second is the bot; neither is root. */
async function assertIsNode(container: Container): Promise<void> {
  const status = await container.exec('cat', '/proc/1/comm', '/proc/1/status');
  assert.match(status, /^tini\n/);
  const users = await container.exec('sh', '-c', 'grep -h ^Uid: /proc/[0-9]*/status | sort | uniq -c');
  assert.match(status, new RegExp(`^Uid:\\s${NODE_UID}\\s${NODE_UID}\\s${NODE_UID}\\s${NODE_UID}$`, 'm'), users);
  assert.match(status, /^CapEff:\s0+$/m);
}

/** A process whose parent has died is not left as a zombie. */
async function assertReaps(container: Container): Promise<void> {
  await container.exec('sh', '-c', '(sleep 0.2 &)');
  await wait(400);
  const states = await container.exec('sh', '-c', 'grep -h ^State: /proc/[0-9]*/status');
  assert.doesNotMatch(states, /zombie/);
}

async function stop(container: Container): Promise<string> {
  const { code, tookMs } = await container.stop();
  assert.equal(code, 0, container.log());
  assert.ok(tookMs < STOP_WITHIN_MS, `${tookMs} ms`);
  return `SIGTERM: code 0 in ${seconds(tookMs)}`;
}
