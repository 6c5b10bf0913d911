import assert from 'node:assert/strict';
import type { App } from '../../src/app.ts';
import { createTestPerson } from './playground-person.ts';
import type { TestPerson } from './playground-types.ts';

/** Somebody in the playground of a whole bot. */
export function personOf({ playground, origin }: App, persona: 'member' | 'moderator' | 'operator'): TestPerson {
  assert.ok(playground !== null);
  const { world } = playground;
  const [guildId = ''] = world.guilds.keys();
  const channel = [...world.channels.values()].find((one) => one.guildId === guildId && one.kind === 'text');
  return createTestPerson({
    open: (send) => playground.openClient(send),
    origin,
    persona,
    userId: world.personas[persona].id,
    locale: 'en',
    guildId,
    channelId: channel?.id ?? '',
  });
}

/** Resolves when the text is ready for questions. */
export async function teachApp({ knowledge, playground }: App, title: string, text: string): Promise<number> {
  const [guildId = ''] = playground?.world.guilds.keys() ?? [];
  const { library } = knowledge;
  const { document, job } = library.add({
    guildId,
    title,
    name: `${title}.md`,
    content: Buffer.from(text),
    addedBy: 'u1',
  });
  await new Promise<void>((resolve) => {
    library.watchJob(job?.id ?? 0, ({ state }) => {
      if (state === 'done' || state === 'failed') resolve();
    });
  });
  return document.id;
}
