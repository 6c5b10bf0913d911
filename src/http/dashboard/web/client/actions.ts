import { Refused, post } from './api.ts';
import type { Job, Unanswered } from './model.ts';
import { change, current, notify } from './store.ts';
import { refresh } from './live.ts';
import { locale, t } from './texts/index.ts';

/** What went wrong, in the reader's language. */
export const wordsOf = (error: unknown): string => (error instanceof Refused ? error.in(locale()) : t('unreachable'));

/** Does it, and says what was refused; null then. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    notify('bad', wordsOf(error));
    return null;
  }
}

/** Begins a long job; from then on the server tells how it goes. Whether it began. */
export async function begin(path: string, body?: unknown): Promise<boolean> {
  const job = await attempt(() => post<Job>(path, body));
  if (job === null) return false;
  const known = current().jobs.get(job.id);
  if (known === undefined) change({ jobs: new Map(current().jobs).set(job.id, job) });
  void refresh();
  return true;
}

export const verify = (name: string): Promise<boolean> => begin('/api/backup/verify', { name });
export const drill = (name: string): Promise<boolean> => begin('/api/backup/verify', { name, drill: true });

export const sendCopies = (): Promise<boolean> => begin('/api/backup/sync');
export const checkIntegrity = (): Promise<boolean> => begin('/api/integrity/check');

export async function setPinned(name: string, pinned: boolean): Promise<void> {
  const done = await attempt(() => post(`/api/backup/${name}/${pinned ? 'pin' : 'unpin'}`));
  if (done === null) return;
  notify('good', t(pinned ? 'pinnedNow' : 'unpinnedNow'));
  void refresh();
}

/** Nobody has to answer it; it can be listed again for as long as the notice stands. */
export async function dismissQuestion({ guild, id }: Unanswered): Promise<void> {
  const asked = { guild, id };
  const done = await attempt(async () => {
    await post('/api/knowledge/unanswered/dismiss', asked);
    return true;
  });
  if (done === null) return;
  const undo = async (): Promise<void> => {
    await attempt(() => post('/api/knowledge/unanswered/bring-back', asked));
    void refresh();
  };
  notify('good', t('questionDismissed'), { label: t('questionBack'), run: () => void undo() });
  void refresh();
}

export async function startSchedule(start: boolean): Promise<void> {
  const done = await attempt(() => post(`/api/backup/scheduler/${start ? 'start' : 'stop'}`));
  if (done === null) return;
  if (!start) notify('good', t('stopped'));
  void refresh();
}
