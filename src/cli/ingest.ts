import { glob, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../errors.ts';
import type { Document, Job } from '../knowledge/model.ts';
import type { Progress } from './terminal.ts';
import type { Shell } from './shell.ts';

interface Report {
  added: number;
  updated: number;
  unchanged: number;
  passages: number;
  readonly failed: { name: string; reason: string }[];
}

/** A file that is being indexed, and the older version of it that goes once it is ready. */
interface Pending {
  readonly document: Document;
  readonly replaces: Document | null;
}

const PATTERN = '**/*.{md,markdown,txt}';
const POLL_MS = 150;
/** So many files wait in the queue at a time: their bytes are stored, not kept in memory. */
const PAGE = 100;

/**
 * Teaches a folder, or one file. Files already known are left alone, changed ones replace their older version once the
 * new one is ready; what is stored goes on at the next start even when this is interrupted. `baseUrl` is put before each
 * file's path to make its link; with null, sources show names.
 * @throws AppError `not_found` for no such folder or no files in it; `invalid` when files failed
 */
export async function ingest(shell: Shell, path: string, baseUrl: string | null): Promise<void> {
  const { root, names } = await filesAt(path);
  const known = knownDocuments(shell);
  const report: Report = { added: 0, updated: 0, unchanged: 0, passages: 0, failed: [] };
  const progress = shell.terminal.progress('Teaching');
  const startedAt = performance.now();
  try {
    for (let start = 0; start < names.length; start += PAGE) {
      const pending: Pending[] = [];
      for (const name of names.slice(start, start + PAGE)) {
        const added = await add(shell, { root, name, baseUrl, known, report });
        if (added !== null) pending.push(added);
      }
      await finish(shell, pending, { report, progress, before: start, total: names.length });
    }
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  shell.terminal.result(summary(report, names.length, seconds), { ...report, files: names.length, seconds });
  for (const { name, reason } of report.failed) shell.terminal.note(`  ${name}: ${reason}`);
  if (report.failed.length > 0) throw new AppError('invalid', `${report.failed.length} files could not be taught.`);
}

async function filesAt(path: string): Promise<{ root: string; names: string[] }> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new AppError('not_found', `There is nothing at ${path}.`);
  if (found.isFile()) return { root: join(path, '..'), names: [basename(path)] };
  const names: string[] = [];
  for await (const name of glob(PATTERN, { cwd: path, exclude: ['**/node_modules/**', '**/.git/**'] }))
    names.push(name);
  if (names.length === 0) throw new AppError('not_found', `There are no .md or .txt files below ${path}.`);
  return { root: path, names: names.sort() };
}

function knownDocuments({ library, guildId }: Shell): Map<string, Document> {
  const known = new Map<string, Document>();
  for (let offset = 0; ; offset += PAGE) {
    const { items } = library.list(guildId, { offset, limit: PAGE });
    // Newest first: an older one of the same name does not take its place.
    for (const document of items) if (!known.has(document.name)) known.set(document.name, document);
    if (items.length < PAGE) return known;
  }
}

interface Addition {
  readonly root: string;
  readonly name: string;
  readonly baseUrl: string | null;
  readonly known: ReadonlyMap<string, Document>;
  readonly report: Report;
}

async function add(shell: Shell, { root, name, baseUrl, known, report }: Addition): Promise<Pending | null> {
  shell.signal.throwIfAborted();
  const { library, guildId, limitBytes } = shell;
  try {
    const file = join(root, name);
    const { size } = await stat(file);
    if (size > limitBytes) throw new AppError('limit', `${size} bytes; at most ${limitBytes} are taken.`);
    const content = await readFile(file);
    const { document, job, duplicate } = library.add({
      guildId,
      title: shell.titleOf(content) ?? name,
      name,
      url: baseUrl === null ? null : new URL(name, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`).href,
      content,
      addedBy: 'cli',
    });
    if (!duplicate || job !== null) return { document, replaces: known.get(name) ?? null };
    report.unchanged += 1;
  } catch (error) {
    if (!isAppError(error)) throw error;
    report.failed.push({ name, reason: error.message });
  }
  return null;
}

interface Finishing {
  readonly report: Report;
  readonly progress: Progress;
  readonly before: number;
  readonly total: number;
}

async function finish(shell: Shell, pending: readonly Pending[], at: Finishing): Promise<void> {
  const { library, guildId, signal } = shell;
  const { report, progress } = at;
  const open = new Map(pending.map((one) => [one.document.id, one]));
  while (true) {
    for (const { document, replaces } of open.values()) {
      const now = library.show(guildId, document.id);
      if (now.document.state === 'queued') continue;
      open.delete(document.id);
      if (now.document.state === 'failed') {
        report.failed.push({ name: document.name, reason: now.document.failure ?? 'failed' });
        continue;
      }
      report.passages += now.document.chunkCount;
      if (replaces !== null && replaces.id !== document.id) {
        library.remove(guildId, replaces.id);
        report.updated += 1;
      } else report.added += 1;
    }
    progress.update(at.before + pending.length - open.size, at.total, stepOf(library.status(guildId).openJobs));
    if (open.size === 0) return;
    await wait(POLL_MS, undefined, { signal });
  }
}

function stepOf(jobs: readonly Job[]): string {
  const running = jobs.find(({ state }) => state === 'running');
  if (running !== undefined)
    return running.total > 0 ? `${running.step} ${running.done}/${running.total}` : running.step;
  return jobs.find(({ failure }) => failure !== null)?.failure ?? 'waiting';
}

function summary({ added, updated, unchanged, passages, failed }: Report, files: number, seconds: number): string {
  const parts = [`${added} added`, `${updated} updated`, `${unchanged} unchanged`, `${failed.length} failed`];
  return `${files} files: ${parts.join(', ')}; ${passages} passages in ${seconds.toFixed(1)} s.`;
}
