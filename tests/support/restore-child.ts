/** The whole bot in a process of its own, which restores the backup that it is told to and can be killed at any moment. */
import { openApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { teachApp } from './app-person.ts';
import { createTestLog } from './chroma.ts';

export type RestoreOrder =
  | { readonly do: 'teach'; readonly title: string; readonly text: string }
  | { readonly do: 'create' }
  | { readonly do: 'restore'; readonly name: string };

const log = createTestLog();
const app = await openApp(parseConfig(process.env), { log, firstLesson: false });
const by = { id: '1', name: 'Morgan' };

async function carryOut(order: RestoreOrder): Promise<unknown> {
  if (order.do === 'teach') return teachApp(app, order.title, order.text);
  if (order.do === 'create') return (await app.backups.create({ kind: 'manual', reason: null, by })).entry.name;
  const onProgress = ({ stage }: { stage: string }): void => void process.send?.({ stage });
  return (await app.backups.restore(order.name, by, { onProgress })).safety.name;
}

process.on('message', (order: RestoreOrder) => {
  carryOut(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: `${String(error)}\n${log.lines.join('\n')}` }),
  );
});
process.on('disconnect', () => process.exit(0));
const guildId = [...(app.playground?.world.guilds.keys() ?? [])][0] ?? '';
const titles = app.knowledge.library.list(guildId, { offset: 0, limit: 50 }).items.map(({ title }) => title);
const { state } = app.discord.status();
process.send?.({ ready: titles.sort(), state });
