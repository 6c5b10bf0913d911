/** The whole bot in a process of its own, which backs up and restores as it is told and can be killed at any moment. */
import { openApp } from '../../src/app.ts';
import type { RunOptions } from '../../src/backup/api.ts';
import { parseConfig } from '../../src/config.ts';
import { guildOf } from './app-person.ts';
import { createTestLog } from './chroma.ts';
import type { Reply } from './knowledge-child.ts';

export type RestoreOrder =
  | { readonly do: 'add'; readonly title: string; readonly text: string }
  | { readonly do: 'create' | 'list' | 'cleanup' | 'settle' }
  | { readonly do: 'verify'; readonly name: string; readonly drill: boolean }
  | { readonly do: 'restore'; readonly name: string }
  | { readonly do: 'search'; readonly words: string };

/** What `list` results in. */
export interface ListedBackup {
  readonly name: string;
  readonly state: 'good' | 'unverified' | 'damaged';
  readonly problem: string | null;
  readonly kind: string | null;
  readonly documents: number;
}

const log = createTestLog();
const app = await openApp(parseConfig(process.env), { log, firstLesson: false });
const by = { id: '1', name: 'Morgan' };
const guildId = guildOf(app);
const say = (reply: Reply): void => void process.send?.(reply);
const told: RunOptions = { onProgress: ({ stage }) => say({ order: 'stage', stage }) };

async function list(): Promise<ListedBackup[]> {
  return (await app.backups.list()).map(({ name, state, problem, sidecar }) => ({
    name,
    state,
    problem,
    kind: sidecar?.manifest.kind ?? null,
    documents: sidecar?.manifest.counts.tables['documents'] ?? 0,
  }));
}

/** Resolves when all that was added is ready for questions. */
async function settle(): Promise<null> {
  for (;;) {
    const { library, store } = app.knowledge;
    const [job] = store.jobs.openJobs(null, 1);
    if (job === undefined) return null;
    await new Promise<void>((resolve) => {
      const stop = library.watchJob(job.id, () => {
        stop();
        resolve();
      });
    });
  }
}

function add(title: string, text: string): number {
  const content = Buffer.from(text);
  return app.knowledge.library.add({ guildId, title, name: `${title}.md`, content, addedBy: 'u1' }).document.id;
}

async function carryOut(order: RestoreOrder): Promise<unknown> {
  const { backups, knowledge } = app;
  if (order.do === 'add') return add(order.title, order.text);
  if (order.do === 'create') return (await backups.create({ kind: 'manual', reason: null, by }, told)).entry.name;
  if (order.do === 'list') return list();
  if (order.do === 'cleanup') return backups.cleanup({ dryRun: false, by });
  if (order.do === 'verify') return (await backups.verify(order.name, { ...told, drill: order.drill, by })).state;
  if (order.do === 'restore') return (await backups.restore(order.name, by, told)).safety.name;
  if (order.do === 'search') {
    const { passages } = await knowledge.library.search(guildId, order.words, 1);
    return passages[0]?.title ?? null;
  }
  return settle();
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: RestoreOrder }) => {
  carryOut(order).then(
    (result) => say({ order: id, result }),
    (error: unknown) => say({ order: id, error: `${String(error)}\n${log.lines.join('\n')}` }),
  );
});
process.on('disconnect', () => process.exit(0));
const titles = app.knowledge.library.list(guildId, { offset: 0, limit: 100_000 }).items.map(({ title }) => title);
say({ order: 'ready', result: titles });
