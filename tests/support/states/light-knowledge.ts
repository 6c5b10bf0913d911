import { openStore, type Store } from '../../../src/adapters/sqlite/open.ts';
import type { KnowledgeBase } from '../../../src/app/knowledge-base.ts';
import type { Config } from '../../../src/config.ts';
import { recordedQuestion } from '../recorded-question.ts';

/** The real database, and nothing of what answers questions from it: no Chroma is started, and nothing is embedded. */
export async function openLightKnowledge(config: Config): Promise<KnowledgeBase> {
  const store = openStore(config.database);
  const light = {
    store,
    indexServer: { mark: () => Promise.resolve() },
    engine: { embedder: { space: { id: 'none' } } },
    library: { watchJob: () => () => undefined, openJobs: () => [] },
    runner: { stop: () => Promise.resolve() },
    lostPassages: () => 0,
    begin: () => undefined,
    status: () => [],
    [Symbol.asyncDispose]: async () => store.close(),
  };
  return light as unknown as KnowledgeBase;
}

const GUILD = '100000000000000001';

export const askIn = ({ history }: Store, now: number) => history.recordQuestion(recordedQuestion({ askedAt: now }));

export const questionsIn = ({ people }: Store): number => people.countOf(recordedQuestion().userId).questions;

export function teach({ knowledge }: Store, title: string, now: number): void {
  const content = Buffer.from(title);
  const about = { guildId: GUILD, title, name: `${title}.md`, url: null, addedBy: '1', replyTo: null };
  knowledge.addDocument({ ...about, content }, now);
}

export function forget({ knowledge }: Store, title: string, now: number): void {
  const found = all(knowledge).find((one) => one.title === title);
  if (found !== undefined) knowledge.removeDocument(GUILD, found.id, now);
}

export const titlesIn = ({ knowledge }: Store): string[] =>
  all(knowledge)
    .map(({ title }) => title)
    .sort();

const all = (knowledge: Store['knowledge']) => knowledge.documents(GUILD, { offset: 0, limit: 1_000 }).items;
