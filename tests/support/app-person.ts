import assert from 'node:assert/strict';
import type { App } from '../../src/app.ts';
import type { ClientLocale } from '../../src/playground/client-state.ts';
import { ended } from './knowledge-parts.ts';
import { createTestPerson } from './playground-person.ts';
import type { TestPerson } from './playground-types.ts';

/** The first server of its playground. */
export const guildOf = ({ playground }: App): string => [...(playground?.world.guilds.keys() ?? [])][0] ?? '';

/** Of the documents there, in the order of the alphabet. */
export const titlesOf = (app: App): string[] =>
  app.knowledge.library
    .list(guildOf(app), { offset: 0, limit: 100 })
    .items.map(({ title }) => title)
    .sort();

/** Somebody in the playground of a whole bot. */
export function personOf(
  app: App,
  persona: 'member' | 'moderator' | 'operator',
  locale: ClientLocale = 'en',
): TestPerson {
  const { playground, origin } = app;
  assert.ok(playground !== null);
  const { world } = playground;
  const guildId = guildOf(app);
  const channel = [...world.channels.values()].find((one) => one.guildId === guildId && one.kind === 'text');
  return createTestPerson({
    open: (send) => playground.openClient(send),
    origin,
    persona,
    userId: world.personas[persona].id,
    locale,
    guildId,
    channelId: channel?.id ?? '',
  });
}

/** Resolves when the text is ready for questions. */
export async function teachApp(app: App, title: string, text: string, addedBy = 'u1'): Promise<number> {
  const { library } = app.knowledge;
  const content = Buffer.from(text);
  const { document, job } = library.add({ guildId: guildOf(app), title, name: `${title}.md`, content, addedBy });
  await ended(library, job);
  return document.id;
}
