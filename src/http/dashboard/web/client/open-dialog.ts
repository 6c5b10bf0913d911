import { signal } from './signal.ts';
import type { Backup, Cleanup, Schedule, Unanswered } from './model.ts';

/** The one dialog that is open; they do not stack. */
export type Dialog =
  | { readonly kind: 'backup' }
  | { readonly kind: 'restore'; readonly name: string }
  | { readonly kind: 'delete'; readonly backup: Backup }
  | { readonly kind: 'cleanup'; readonly plan: Cleanup }
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'teach'; readonly unanswered: Unanswered };

export const dialog = signal<Dialog | null>(null);

export const openDialog = (next: Dialog): void => dialog.set(next);
export const closeDialog = (): void => dialog.set(null);
