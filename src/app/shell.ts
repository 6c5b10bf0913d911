import { titleOf } from '../adapters/extract/read.ts';
import type { Config } from '../config.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Log } from '../log.ts';
import { homeGuildId } from './home-guild.ts';
import { openKnowledgeBase } from './knowledge-base.ts';

/** The knowledge base of one server, for commands from a shell. */
export interface ShellParts extends AsyncDisposable {
  readonly library: Library;
  readonly answers: Answers;
  readonly guildId: string;
  readonly limitBytes: number;
  readonly titleOf: (content: Uint8Array) => string | null;
}

export interface ShellOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Null: the home server. */
  readonly guildId: string | null;
}

/** Works beside a bot that is running on the same volume, too: that one then does the indexing. */
export async function openShell(config: Config, { log, signal, guildId }: ShellOptions): Promise<ShellParts> {
  await using opening = new AsyncDisposableStack();
  const knowledge = opening.use(
    await openKnowledgeBase(config, { log, signal, clock: Date.now, random: Math.random, besideBot: true }),
  );
  const home = guildId ?? homeGuildId(config, knowledge.store.knowledge);
  const opened = opening.move();
  return {
    library: knowledge.library,
    answers: knowledge.answers,
    guildId: home,
    limitBytes: config.limits.documentBytes,
    titleOf,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
