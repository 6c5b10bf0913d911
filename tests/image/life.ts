import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { onTwoVolumes, type ContainerOptions } from './bundle.ts';
import { startContainer, type Container } from './container.ts';
import type { Image } from './image.ts';
import { ask, teach } from './lesson.ts';
import { seconds, type Report } from './report.ts';
import { stop } from './stop.ts';
import { giveToRoot, ownersIn, type Home } from './volumes.ts';

const NODE_UID = 1000;

/** Taught, stopped and started again in every way that the image is meant for; `elsewhere` the group may write. */
export async function checkLife(image: Image, { data, index }: Home, elsewhere: Home, report: Report): Promise<void> {
  const options = onTwoVolumes({ data, index });
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
    assert.match(await container.exec('nescordbot', 'doctor'), /nescordbot backup create[^]*Nothing failed/);
    await assertReaps(container);
    const stopped = await stop(container);
    assert.deepEqual([...(await ownersIn(data)), ...(await ownersIn(index))], [NODE_UID, NODE_UID]);
    return `ready in ${seconds(readyMs)}; runs as node; healthy; doctor content; taught; ${stopped}`;
  });
  await again('a new container on the same volumes', {});
  await again('read-only, with three rights of root', { hardened: true });
  await again('started as node, with no rights of root', { uid: NODE_UID, hardened: true });
  await report.check('started as any user, in the group of root', async () => {
    const options = { ...onTwoVolumes(elsewhere), uid: 12_345, gid: 0, hardened: true };
    await using container = await startContainer(image, options);
    await container.ready();
    await teach(container.origin);
    const answer = await ask(container.origin);
    return `as OpenShift does; taught; ${answer}; ${await stop(container)}`;
  });
  await report.check('volumes that a bot filled as root', async () => {
    await giveToRoot(data);
    await using container = await startContainer(image, { ...options, hardened: true });
    await container.ready();
    await container.exec('nescordbot', 'search', 'tide tables');
    assert.deepEqual([...(await ownersIn(data))], [NODE_UID]);
    const answer = await ask(container.origin);
    return `all files given to node; ${answer}; ${await stop(container)}`;
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
