import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Found, Order, Reply } from './knowledge-child.ts';
import { quiet } from './quiet.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Folders {
  readonly database: string;
  readonly chroma: string;
}

export function foldersIn(folder: string): Folders {
  mkdirSync(join(folder, 'chroma'));
  mkdirSync(join(folder, 'backups'));
  return { database: join(folder, 'bot.db'), chroma: join(folder, 'chroma') };
}

/** The environment in which the bot, or a part of it, works on these folders and nothing else. */
export function environmentOf({ database, chroma }: Folders): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...inherited,
    DATA_DIR: dirname(database),
    DATABASE_URL: database,
    CHROMADB_PERSIST_DIRECTORY: chroma,
    BACKUP_DIRECTORY: join(dirname(database), 'backups'),
    ...quiet,
    HOST: '127.0.0.1',
    PORT: '0',
  };
}

/** A process of its own that carries out orders and can be killed at any moment. */
export interface TrialChild<Given> {
  readonly process: ChildProcess;
  /** What it says of itself; rejects when the process ends before it is ready. */
  readonly ready: Promise<unknown>;
  readonly exited: Promise<unknown>;
  /** Rejects with what the child says, or when it ends first. */
  order<Result>(order: Given): Promise<Result>;
}

export type KnowledgeChild = TrialChild<Order>;

export const startKnowledgeChild = (folders: Folders, dimensions: number): KnowledgeChild =>
  startTrialChild('knowledge-child.ts', { ...environmentOf(folders), TEST_DIMENSIONS: String(dimensions) });

export function startTrialChild<Given extends object>(
  file: string,
  env: NodeJS.ProcessEnv,
  onStage: (stage: string) => void = () => undefined,
): TrialChild<Given> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], { cwd: ROOT, env, execArgv: [] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<unknown>();
  const exited = once(child, 'exit');
  child.once('exit', (code, signal) => {
    const ended = new Error(`The child ended: ${String(code)} ${String(signal)}`);
    ready.reject(ended);
    for (const { reject } of waiting.values()) reject(ended);
  });
  ready.promise.catch(() => undefined);
  child.on('message', (reply: Reply) => {
    if (reply.order === 'ready') return ready.resolve(reply.result);
    if (reply.order === 'stage') return onStage(reply.stage);
    const asked = waiting.get(reply.order);
    waiting.delete(reply.order);
    if ('error' in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply.result);
  });
  let last = 0;
  return {
    process: child,
    ready: ready.promise,
    exited,
    async order<Result>(order: Given) {
      const answer = Promise.withResolvers<unknown>();
      waiting.set((last += 1), answer);
      child.send({ id: last, order }, (error) => {
        if (error) answer.reject(error);
      });
      return (await answer.promise) as Result;
    },
  };
}

export const search = (child: KnowledgeChild, guildId: string, word: string) =>
  child.order<Found>({ do: 'search', guildId, word });

/** Processes whose command line names the folder: the Chroma servers on it. Null where the system does not tell. */
export function serversOn(folder: string): number[] | null {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isServer = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(folder);
      return isServer ? [Number(name)] : [];
    } catch {
      return []; // it has just ended
    }
  });
}

/** A text of several passages that says its word in each, and no other text's. */
export function textAbout(word: string, sections: number): string {
  const filler = 'Members keep what they have learnt in plain files, and whoever comes later reads them there. '.repeat(
    4,
  );
  const parts = Array.from(
    { length: sections },
    (_, at) => `## Part ${at + 1} of ${word}\n\n${word} ${at + 1}. ${filler}`,
  );
  return `# About ${word}\n\n${parts.join('\n\n')}\n\n## The end of ${word}\n\nThis is the end of ${word}.\n`;
}

export function assertAlone(folder: string, count: number): void {
  const servers = serversOn(folder);
  if (servers !== null) assert.equal(servers.length, count, `Chroma servers on the folder: ${servers.join(', ')}`);
}
