import { AppError } from '../../errors.ts';
import type { BackupProgress, RestorePreview } from '../../backup/api.ts';
import { counted } from '../../counted.ts';
import type { BackupShell } from './shell.ts';
import { entryDetails, entryLine, following, planText, planValue, previewText, seconds, sizeOf } from './views.ts';

const CLI = { id: 'cli', name: 'cli' } as const;

export async function create(
  { backups, terminal, signal }: BackupShell,
  reason: string | null,
  pinned: boolean,
): Promise<void> {
  using line = following(terminal, 'Backing up');
  const created = await backups.create({ kind: 'manual', reason, by: CLI }, { signal, onProgress: line.onProgress });
  line[Symbol.dispose]();
  const made = pinned ? { ...created, entry: await backups.pin(created.entry.name, true, CLI) } : created;
  const manifest = made.entry.sidecar?.manifest;
  const took = manifest === undefined ? '' : ` in ${seconds(manifest.durationMs)}`;
  terminal.result(
    `${planText(made.retention, false)}\n${made.entry.name}: ${sizeOf(made.entry.sizeBytes)}${took}, ${made.entry.state}${pinned ? ', pinned' : ''}.`,
    { ...made, retention: planValue(made.retention) },
  );
}

/** @throws AppError `damaged` when it is not sound, for the exit code */
export async function verify({ backups, terminal, signal }: BackupShell, name: string, drill: boolean): Promise<void> {
  using line = following(terminal, 'Verifying');
  const entry = await backups.verify(name, { drill, by: CLI, signal, onProgress: line.onProgress });
  line[Symbol.dispose]();
  terminal.result(entryDetails(entry), entry);
  const checks = [entry.sidecar?.verified, drill ? entry.sidecar?.drilled : null];
  const problems = checks.flatMap((check) => check?.problems ?? []);
  if (entry.state !== 'damaged' && problems.length === 0) return;
  throw new AppError('damaged', `${entry.name} is not sound: ${entry.problem ?? problems.join('; ')}`);
}

export async function restore(shell: BackupShell, name: string, yes: boolean): Promise<void> {
  const { backups, terminal } = shell;
  const preview = await previewed(shell, name);
  terminal.note(previewText(preview));
  await agreed(shell, yes, 'Restore it?');
  using line = following(terminal, 'Restoring');
  // Not interrupted half-way by Ctrl+C: it would only have to be undone.
  const result = await backups.restore(preview.entry.name, CLI, { onProgress: line.onProgress });
  line[Symbol.dispose]();
  terminal.result(
    `Restored ${result.entry.name} in ${seconds(result.durationMs)}: ${counted(result.documents, 'document')}, ${counted(result.questions, 'question')}.\n` +
      (result.safety.state === 'damaged'
        ? `The damaged files that were there before are kept as they were in ${result.safety.name}.`
        : `What was there before is kept as ${result.safety.name}; restoring that undoes this.`),
    result,
  );
}

/** Only what has to come from a vault takes long enough to be told of. */
async function previewed({ backups, terminal, signal }: BackupShell, name: string): Promise<RestorePreview> {
  using lines = new DisposableStack();
  let onProgress = (progress: BackupProgress): void => {
    if (progress.stage === 'checking') return;
    ({ onProgress } = lines.use(following(terminal, 'Fetching')));
    onProgress(progress);
  };
  return await backups.preview(name, { signal, onProgress: (progress) => onProgress(progress) });
}

export async function remove(shell: BackupShell, name: string, yes: boolean): Promise<void> {
  shell.terminal.note(entryLine(await shell.backups.deletable(name)));
  await agreed(shell, yes, 'Delete it for good?');
  const entry = await shell.backups.delete(name, CLI);
  shell.terminal.result(`${entry.name} is deleted.`, entry);
}

export async function pin({ backups, terminal }: BackupShell, name: string, pinned: boolean): Promise<void> {
  const entry = await backups.pin(name, pinned, CLI);
  terminal.result(`${entry.name} is ${pinned ? 'pinned' : 'no longer pinned'}.`, entry);
}

export async function cleanup({ backups, terminal }: BackupShell, dryRun: boolean): Promise<void> {
  const plan = await backups.cleanup({ dryRun, by: CLI });
  terminal.result(planText(plan, dryRun), planValue(plan));
}

/** @throws AppError `conflict` when nobody said yes */
export async function agreed({ confirm }: BackupShell, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  const answer = await confirm(question);
  if (answer === true) return;
  throw new AppError(
    'conflict',
    answer === null ? 'Nobody is there to confirm it: add --yes. Nothing was changed.' : 'Nothing was changed.',
  );
}
