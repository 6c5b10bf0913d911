import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../errors.ts';
import type { Document, Job } from '../knowledge/model.ts';
import { counted } from '../counted.ts';
import { filesAt, leftOutWords, readText } from './files.ts';
import type { Progress } from './terminal.ts';
import type { Shell } from './shell.ts';

interface Report {
  added: number;
  updated: number;
  unchanged: number;
  passages: number;
  readonly failed: { name: string; reason: string }[];
}

const ADDED_BY = 'cli';
const MOST_WAIT_MS = 30_000;
const POLL_MS = 150;
/** So many files wait in the queue at a time: their bytes are stored, not kept in memory. */
const PAGE = 100;

/**
 * Teaches a folder, or one file. Files already known are left alone, changed ones replace what the shell taught of them
 * before once all is ready; what is stored goes on at the next start even when this is interrupted. `baseUrl` is put before each
 * file's path to make its link; with null, sources show names.
 * @throws AppError `not_found` for no such folder or no files in it; `invalid` when files failed
 */
export async function ingest(shell: Shell, path: string, baseUrl: string | null): Promise<void> {
  const { root, names, leftOut } = await filesAt(path);
  const older = taughtBefore(shell);
  const current: Current = { fresh: new Map(), unchanged: new Map() };
  const report: Report = { added: 0, updated: 0, unchanged: 0, passages: 0, failed: [] };
  const progress = shell.terminal.progress('Teaching');
  const startedAt = performance.now();
  try {
    for (let start = 0; start < names.length; start += PAGE) {
      const pending = new Map<number, Document>();
      for (const name of names.slice(start, start + PAGE)) {
        const added = await add(shell, { root, name, baseUrl, report });
        if (added === null) continue;
        const { document, waits } = added;
        if (waits && !pending.has(document.id)) pending.set(document.id, document);
        else {
          report.unchanged += 1;
          if (!waits && !current.fresh.has(document.id)) current.unchanged.set(document.id, document);
        }
      }
      const at = { report, progress, before: start, total: names.length };
      for (const document of await finish(shell, [...pending.values()], at)) current.fresh.set(document.id, document);
    }
    report.updated = replaceOlder(shell, older, current);
    report.added -= report.updated;
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const words = summary(report, names.length, seconds) + leftOutWords(leftOut);
  const figures = { ...report, files: names.length, leftOut: Object.fromEntries(leftOut), seconds };
  shell.terminal.result(words, figures);
  for (const { name, reason } of report.failed) shell.terminal.note(`  ${name}: ${reason}`);
  if (report.failed.length > 0)
    throw new AppError('invalid', `${counted(report.failed.length, 'file')} could not be taught.`);
}

/** By name, every version: an interrupted run may have left more than one. What members taught is not the shell's. */
function taughtBefore({ library, guildId }: Shell): Map<string, Document[]> {
  const byName = new Map<string, Document[]>();
  for (let offset = 0; ; offset += PAGE) {
    const { items } = library.list(guildId, { offset, limit: PAGE });
    for (const document of items) {
      if (document.addedBy !== ADDED_BY) continue;
      byName.set(document.name, [...(byName.get(document.name) ?? []), document]);
    }
    if (items.length < PAGE) return byName;
  }
}

/** What the files hold now. */
interface Current {
  /** Taught in this run. */
  readonly fresh: Map<number, Document>;
  readonly unchanged: Map<number, Document>;
}

/** Only when every file has been seen: the old content of one may be the present content of another. */
function replaceOlder(
  { library, guildId }: Shell,
  older: ReadonlyMap<string, readonly Document[]>,
  { fresh, unchanged }: Current,
): number {
  let replaced = 0;
  for (const { id, name, addedBy } of [...fresh.values(), ...unchanged.values()]) {
    if (addedBy !== ADDED_BY) continue;
    const outdated = (older.get(name) ?? []).filter((one) => !fresh.has(one.id) && !unchanged.has(one.id));
    for (const one of outdated) unlessGone(() => library.remove(guildId, one.id));
    if (outdated.length > 0 && fresh.has(id)) replaced += 1;
  }
  return replaced;
}

interface Addition {
  readonly root: string;
  readonly name: string;
  readonly baseUrl: string | null;
  readonly report: Report;
}

/** `waits`: it is being indexed. Null: it could not be added, and the report says why. */
async function add(
  shell: Shell,
  { root, name, baseUrl, report }: Addition,
): Promise<{ document: Document; waits: boolean } | null> {
  shell.signal.throwIfAborted();
  const { library, guildId, limitBytes } = shell;
  try {
    const content = await readText(join(root, name), limitBytes);
    const { document, job, duplicate } = library.add({
      guildId,
      name,
      url: baseUrl === null ? null : new URL(encodePath(name), baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`).href,
      content,
      addedBy: ADDED_BY,
    });
    return { document, waits: !duplicate || job !== null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    report.failed.push({ name, reason: error.message });
    return null;
  }
}

/** A `#` or `?` in a file's name is a part of its path. */
function encodePath(name: string): string {
  return name.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

interface Finishing {
  readonly report: Report;
  readonly progress: Progress;
  readonly before: number;
  readonly total: number;
}

/** Waits until all are ready or have failed; those that are ready. */
async function finish(shell: Shell, pending: readonly Document[], at: Finishing): Promise<Document[]> {
  const { library, guildId, signal } = shell;
  const { report, progress } = at;
  const open = new Map(pending.map((document) => [document.id, document]));
  const ready: Document[] = [];
  while (true) {
    for (const { id, name } of open.values()) {
      const now = unlessGone(() => library.show(guildId, id).document);
      if (now?.state === 'queued') continue;
      open.delete(id);
      if (now === null) report.failed.push({ name, reason: 'It was removed meanwhile.' });
      else if (now.state === 'failed') report.failed.push({ name, reason: now.failure ?? 'failed' });
      else {
        report.added += 1;
        report.passages += now.chunkCount;
        ready.push(now);
      }
    }
    progress.update(at.before + pending.length - open.size, at.total, `· ${stepOf(library.status(guildId).openJobs)}`);
    if (open.size === 0) return ready;
    giveUpWaiting(library.status(guildId).openJobs);
    await wait(POLL_MS, undefined, { signal });
  }
}

/** Null: somebody else removed it. */
function unlessGone(look: () => Document): Document | null {
  try {
    return look();
  } catch (error) {
    if (isAppError(error, 'not_found')) return null;
    throw error;
  }
}

/** @throws AppError when nothing will happen for so long that nobody wants to sit there and watch it not happen */
function giveUpWaiting(jobs: readonly Job[]): void {
  const soonest = Math.min(...jobs.map(({ state, notBefore }) => (state === 'running' ? 0 : notBefore)));
  const reason = jobs.find(({ failure }) => failure !== null)?.failure;
  if (reason === undefined || reason === null || soonest - Date.now() < MOST_WAIT_MS) return;
  throw new AppError(
    'unavailable',
    `${reason}\nWhat was read so far is stored. Run this again then; a running bot goes on by itself.`,
  );
}

function stepOf(jobs: readonly Job[]): string {
  const running = jobs.find(({ state }) => state === 'running');
  if (running !== undefined)
    return running.total > 0 ? `${running.step} ${running.done}/${running.total}` : running.step;
  return jobs.find(({ failure }) => failure !== null)?.failure ?? 'waiting';
}

function summary({ added, updated, unchanged, passages, failed }: Report, files: number, seconds: number): string {
  const parts = [`${added} added`, `${updated} updated`, `${unchanged} unchanged`, `${failed.length} failed`];
  return `${counted(files, 'file')}: ${parts.join(', ')}; ${counted(passages, 'passage')} in ${seconds.toFixed(1)} s.`;
}
