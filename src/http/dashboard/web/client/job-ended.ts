import { duration, bytes } from './format.ts';
import type { Backup, Job } from './model.ts';
import { jobNames } from './names.ts';
import { openDialog } from './open-dialog.ts';
import { notify } from './store.ts';
import { locale, t } from './texts/index.ts';

/** Says what came of a job, wherever on the page somebody is. */
export function jobEnded(job: Job): void {
  const { kind, state, result, problem } = job;
  if (state === 'failed') {
    notify(
      'bad',
      t('failedJob', { job: t(jobNames(kind)), problem: problem?.words?.[locale()] ?? problem?.detail ?? '' }),
    );
    return;
  }
  if (kind === 'sync') return copiesSent(job);
  if (kind === 'integrity') return checked(job);
  const backup = result?.backup;
  if (backup === undefined) return;
  if (kind === 'verify' || kind === 'drill') return checkEnded(backup, kind);
  if (kind === 'backup') {
    const time = duration(backup.durationMs ?? 0, locale());
    notify('good', t('backedUp', { size: bytes(backup.sizeBytes), time }));
  }
  if (kind === 'restore') {
    const { safety } = result ?? {};
    const time = duration(result?.durationMs ?? 0, locale());
    const canUndo = safety !== undefined && safety.state !== 'damaged';
    const undo = { label: t('undo'), run: () => openDialog({ kind: 'restore', name: safety?.name ?? '' }) };
    notify('good', t('restoredNow', { name: backup.name, time }), canUndo ? undo : null);
  }
}

function checkEnded({ name, verified, drilled }: Backup, kind: 'verify' | 'drill'): void {
  const check = kind === 'drill' ? drilled : verified;
  if (check?.ok === true) {
    const time = duration(check.durationMs, locale());
    notify('good', t(kind === 'drill' ? 'drilledNow' : 'verifiedNow', { name, time }));
  } else notify('bad', t('foundWrong', { name, problem: check?.problems[0] ?? '' }));
}

function copiesSent({ result }: Job): void {
  const vaults = result?.vaults ?? [];
  const sent = vaults.reduce((sum, vault) => sum + vault.sent.length, 0);
  const problems = vaults.flatMap(({ label, problems: found }) => found.map((words) => ({ label, words })));
  for (const { label, words } of problems) notify('bad', t('copiesProblem', { label, problem: words[locale()] }));
  if (sent > 0) notify('good', t('copiesSent', { count: sent }));
  else if (problems.length === 0) notify('good', t('copiesThere'));
}

function checked({ result }: Job): void {
  const found = (result?.findings ?? []).filter(({ state }) => state !== 'sound');
  for (const { state, words } of found) notify(state === 'repaired' ? 'good' : 'bad', words[locale()]);
  if (found.length === 0) notify('good', t('checkSound'));
}
