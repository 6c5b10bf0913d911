import type { OwnDatabaseFiles } from '../../adapters/sqlite/files.ts';
import type { BackupManager, TakenBack } from '../../backup/api.ts';
import { AppError, isAppError } from '../../errors.ts';
import type { Audit } from '../../health/audit-model.ts';
import { needsCopy, type ContentsReport, type FlawedDocument } from '../../health/integrity/contents-model.ts';
import type { IntegrityCheck } from '../../health/integrity/watch.ts';
import type { KnowledgeStore } from '../../knowledge/ports.ts';
import type { Log } from '../../log.ts';
import { damagedWords, LOST_DOCUMENT, repairedWords, soundWords, type Outcome } from './contents-words.ts';
import { whenFree } from './when-free.ts';

/** What is open on the database. */
export interface OpenContents {
  readonly store: { readonly knowledge: Pick<KnowledgeStore, 'remake' | 'markFailed'> };
  readonly runner: { wake(): void };
}

export interface ContentsCheckParts {
  readonly file: string;
  /** @throws AppError `busy` while a backup takes its place */
  readonly open: () => OpenContents;
  readonly files: Pick<OwnDatabaseFiles, 'checkContents'>;
  readonly manager: Pick<BackupManager, 'takeBack'>;
  readonly audit: Audit;
  readonly clock: () => number;
  readonly log: Log;
  readonly waitsMs?: readonly number[];
}

/** The rest is looked at the next night. */
const MOST_MS = 20 * 60_000;

/**
 * Compares every document, passage and vector with its hash. What can be made anew from the document is; a document that is
 * not whole itself is taken from the newest backup that has it whole, it alone.
 */
export function createContentsCheck(parts: ContentsCheckParts): IntegrityCheck {
  const { file, files, manager, audit, clock, log } = parts;
  let after = 0;

  /** Null where the backups could not be asked: another job did not end. */
  async function takenBack(
    flawed: readonly FlawedDocument[],
    signal: AbortSignal,
  ): Promise<readonly TakenBack[] | null> {
    const ids = flawed.filter(needsCopy).map(({ id }) => id);
    if (ids.length === 0) return [];
    try {
      return await whenFree(() => manager.takeBack(ids, { signal }), signal, parts.waitsMs);
    } catch (error) {
      if (!isAppError(error, 'busy') && !isAppError(error, 'unavailable')) throw error;
      log.warn('No backup could be asked for what is damaged; the next check does', { error });
      return null;
    }
  }

  /** The backups took their time: what was restored, or given again meanwhile, is not what it was. */
  async function again(flawed: readonly FlawedDocument[], signal: AbortSignal): Promise<readonly FlawedDocument[]> {
    const only = flawed.filter(needsCopy).map(({ id }) => id);
    if (only.length === 0) return flawed;
    const report = await files.checkContents({ file, after: 0, only, mostMs: MOST_MS }, signal);
    return [...flawed.filter(({ id }) => !only.includes(id)), ...report.flawed];
  }

  function record(flawed: FlawedDocument, outcome: 'done' | 'failed', backup?: string): void {
    const { id, guildId } = flawed;
    const detail = `document ${id}`;
    const about = { action: 'document restore', by: 'integrity', guild: guildId, outcome, detail };
    audit(backup === undefined ? about : { ...about, backup });
  }

  function settle(opened: OpenContents, flawed: readonly FlawedDocument[]): Pick<Outcome, 'remade' | 'lost'> {
    const { knowledge } = opened.store;
    const [lost, remade] = [flawed.filter(needsCopy), flawed.filter((each) => !needsCopy(each))];
    for (const { id, vectors } of remade) knowledge.remake(id, vectors, clock());
    for (const one of lost) {
      record(one, 'failed');
      // Where each of its passages is whole, they go on answering: each is held against its own hash.
      if (one.record || one.passages > 0) knowledge.markFailed(one.id, LOST_DOCUMENT);
    }
    if (remade.length > 0) opened.runner.wake();
    return { remade, lost };
  }

  return {
    part: 'contents',
    async look(signal) {
      const opened = parts.open();
      const unexchanged = () => {
        if (parts.open() !== opened) throw exchanged();
      };
      const report: ContentsReport = await files.checkContents({ file, after, mostMs: MOST_MS }, signal);
      after = report.after ?? 0;
      unexchanged();
      const { flawed } = report;
      if (flawed.length === 0 && report.words === 0) return { state: 'sound', words: soundWords(report) };
      log.warn('Contents are not as they were stored', { flawed: flawed.slice(0, 20), words: report.words });
      const taken = await takenBack(flawed, signal);
      const rest = await again(flawed, signal);
      unexchanged();
      for (const { documentId, backup } of taken ?? []) {
        const found = flawed.find(({ id }) => id === documentId);
        if (found !== undefined) record(found, 'done', backup);
      }
      const restored = (taken ?? []).flatMap(({ documentId, backup }) =>
        flawed.filter(({ id }) => id === documentId).map((document) => ({ document, backup })),
      );
      // Nobody was asked: what may be in a backup is not called lost yet.
      const settled = settle(opened, taken === null ? rest.filter((each) => !needsCopy(each)) : rest);
      const outcome: Outcome = {
        ...settled,
        restored,
        unasked: taken === null ? rest.filter(needsCopy) : [],
        words: report.words,
      };
      return outcome.lost.length + outcome.unasked.length > 0
        ? { state: 'damaged', words: damagedWords(outcome) }
        : { state: 'repaired', words: repairedWords(outcome) };
    },
  };
}

const exchanged = () =>
  new AppError('busy', {
    en: 'A backup was restored meanwhile; what lies there now is checked next time.',
    ja: '確認中にバックアップが復元されたため、現在の内容は次回確認します。',
  });
