import { readJournal, removeJournal, type RestoreJournal } from './journal.ts';
import type { Content } from './ports.ts';
import { clear, clearLeftovers, swapBack, type Step } from './swap.ts';

export interface Recovery {
  /** `finished`: the restore had been confirmed and stays. `undone`: everything is as it was before the restore. */
  readonly outcome: 'nothing' | 'finished' | 'undone';
  readonly journal: RestoreJournal | null;
  /** For the log and for operators; null when there was nothing to do. */
  readonly words: { readonly en: string; readonly ja: string } | null;
  /** Folders that look like a restore's and that nothing speaks of; they are left alone. */
  readonly leftovers: readonly string[];
}

/**
 * Finishes or undoes a restore that a crash interrupted. To be called at every start, by whoever has the volume to
 * itself, before anything is opened. It may itself be killed at any point and called again.
 * @throws AppError `damaged` when the journal cannot be read
 */
export async function recoverRestore(
  contents: readonly Content[],
  journalFile: string,
  step: Step = () => undefined,
): Promise<Recovery> {
  const journal = await readJournal(journalFile);
  if (journal === null) {
    return { outcome: 'nothing', journal, words: null, leftovers: await clearLeftovers(contents) };
  }
  if (journal.confirmed) await clear(contents, journal, step);
  else await swapBack(contents, journal, step);
  await step('remove the journal');
  await removeJournal(journalFile);
  const outcome = journal.confirmed ? 'finished' : 'undone';
  return { outcome, journal, words: wordsOn(outcome, journal), leftovers: await clearLeftovers(contents) };
}

function wordsOn(outcome: 'finished' | 'undone', { backup, safety }: RestoreJournal): Recovery['words'] {
  if (safety === null) return wordsOnEmpty(outcome, backup);
  if (outcome === 'finished') {
    return {
      en: `The bot stopped just after it had restored ${backup}. The restore is complete; ${safety} holds what was there before.`,
      ja: `${backup} の復元が終わった直後にボットが停止しました。復元は完了しています。復元前の内容は ${safety} にあります。`,
    };
  }
  return {
    en: `The bot stopped while it was restoring ${backup}. The restore was undone: everything is as it was before. Start the restore again if you still want it.`,
    ja: `${backup} の復元中にボットが停止したため、復元を取り消しました。内容は復元前のままです。必要であれば、もう一度復元してください。`,
  };
}

/** The volume had been empty: there was nothing to keep, and nothing to go back to. */
function wordsOnEmpty(outcome: 'finished' | 'undone', backup: string): Recovery['words'] {
  if (outcome === 'finished') {
    return {
      en: `The bot stopped just after it had restored ${backup} to an empty volume. The restore is complete.`,
      ja: `空のボリュームへの ${backup} の復元が終わった直後にボットが停止しました。復元は完了しています。`,
    };
  }
  return {
    en: `The bot stopped while it was restoring ${backup} to an empty volume. What had come of it was removed.`,
    ja: `空のボリュームへの ${backup} の復元中にボットが停止したため、途中まで復元した内容を削除しました。`,
  };
}
