import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { AppError } from '../../../src/errors.ts';
import { CLI } from '../programs.ts';
import { quiet } from '../quiet.ts';
import { startMain, type StartedMain } from '../start-main.ts';
import { rememberedBeside } from './media.ts';
import { operated, type Folders, type Machine, type RunningBot, type Variables } from './machine.ts';
import { createPerson } from './person.ts';
import type { Form } from './world.ts';

const API_TOKEN = 'correct-horse-battery-staple-0123456789';
const SHIFTED = `--import=${fileURLToPath(new URL('../shifted-clock.ts', import.meta.url))}`;
const LONGEST_MS = 20 * 60_000;
const MISTAKE = 78;

/** One playground, or two that share a vault; to others they are one application. */
export const wholeProgram: Form = {
  applications: (random) =>
    Array.from({ length: random() < 0.5 ? 1 : 2 }, () => ({ application: 'playground', variables: {} })),
  open: async (folder) => openPrograms(folder),
};

/** Each start is a process with its Chroma. A step is a millisecond, and each fault a kill. */
function openPrograms(folder: string): Machine {
  const clockFile = join(folder, 'clock');
  const leftovers: (() => unknown)[] = [];
  const context = { after: (clean: () => unknown) => void leftovers.push(clean) };
  const processes = new Map<string, StartedMain>();
  let aheadMs = 0;
  const say = () => writeFileSync(clockFile, String(aheadMs));
  say();

  const environmentOf = (folders: Folders, variables: Variables) => ({
    ...operated(folders),
    LOG_LEVEL: 'info',
    API_TOKEN,
    API_REQUESTS_PER_MINUTE: '100000',
    NODE_OPTIONS: SHIFTED,
    CLOCK_FILE: clockFile,
    ...variables,
  });

  async function shell(environment: Variables, ...command: readonly string[]): Promise<void> {
    const env = { PATH: process.env['PATH'], ...quiet, ...environment };
    await promisify(execFile)(process.execPath, [CLI, 'backup', ...command], { cwd: folder, env });
  }

  const killed = new Set<StartedMain>();
  function kill({ data }: Folders): void {
    const main = processes.get(data);
    if (main === undefined) return;
    main.child.kill('SIGKILL');
    killed.add(main);
  }

  async function start(folders: Folders, variables: Variables): Promise<RunningBot> {
    const environment = environmentOf(folders, variables);
    const database = join(folders.data, 'nescordbot.db');
    const main = startMain(context, environment, [], LONGEST_MS);
    processes.set(folders.data, main);
    const isUp = await Promise.race([
      main.said(/The playground is at http:\S+/).then(() => true),
      main.ended.then(() => false),
    ]).catch(() => false);
    const text = main.lines().join('\n');
    if (!isUp) throw refusal(await main.ended, text);
    const origin = /The playground is at (http:\S+)/.exec(text)?.[1] ?? '';
    const person = createPerson(origin, API_TOKEN);
    await person.look();
    return {
      ...person,
      identity: async () => rememberedBeside(database),
      questions: async () => questionsIn(database),
      async ask() {
        await person.ask();
        while (questionsIn(database) === 0) await wait(10); // it is answered before it is noted
      },
      exportTo: (file) => shell(environment, 'export', '--out', file),
      async [Symbol.asyncDispose]() {
        main.child.kill('SIGTERM');
        const code = await main.ended;
        if (code !== 0 && main.child.signalCode !== 'SIGKILL')
          throw new Error(`It stopped with ${code}:\n${main.lines().join('\n')}`);
      },
    };
  }

  return {
    start,
    importFrom: (folders, variables, file) =>
      shell(environmentOf(folders, variables), 'import', file, '--replace', '--yes'),
    async during(fault, folders, work) {
      const startedAt = performance.now();
      const passed = () => Math.round(performance.now() - startedAt);
      const over = new AbortController();
      let at: string | null = null;
      async function kills(afterMs: number): Promise<void> {
        await wait(afterMs, undefined, { signal: over.signal });
        at = `${passed()} ms`;
        kill(folders);
      }
      const killing = fault === null ? null : kills(fault.step).catch(() => undefined); // the work was over before
      try {
        const result = await work();
        return { result, error: null, steps: passed(), at, isMet: at !== null };
      } catch (error) {
        return { result: null, error, steps: passed(), at, isMet: at !== null };
      } finally {
        over.abort();
        await killing;
      }
    },
    goOff: kill,
    async comeBack() {
      for (const { ended } of killed) await ended;
      killed.clear();
    },
    pass: () => undefined,
    setClock(byMs) {
      aheadMs += byMs;
      say();
      for (const { child } of processes.values()) if (child.exitCode === null) child.kill('SIGUSR2');
    },
    faults: ['killed'],
    mostSteps: new Map(Object.entries({ start: 4_000, stop: 300, backUp: 1_000, restore: 3_000, sync: 300 })),
    [Symbol.dispose]() {
      for (const clean of leftovers.toReversed()) clean();
    },
  };
}

function questionsIn(database: string): number {
  const db = new Database(database, { readonly: true });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM questions').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}

/** What it says of why it does not start. A defect is none. */
function refusal(code: number, text: string): Error {
  const isDefect = text.includes('because of a defect') || ![1, MISTAKE].includes(code);
  return isDefect ? new Error(`It ended with ${code}:\n${text}`) : new AppError('config', text);
}
