import { AppError, isAppError, wordsIn, type Words } from '../errors.ts';
import { countProblems } from './compatibility.ts';
import { isFull, translateData } from './disk.ts';
import { readJournal, removeJournal, writeJournal, type RestoreJournal } from './journal.ts';
import type { Manifest } from './model.ts';
import { diskFull, type Branch } from './ports.ts';
import type { RestoreParts } from './restore-parts.ts';
import type { JobContext } from './slot.ts';
import { reserveBytes } from './staging.ts';
import type { Safety } from './safety.ts';
import { beforeOf, clear, namesOf, swapBack, swapIn } from './swap.ts';

export interface ExchangeRequest {
  readonly id: string;
  readonly manifest: Manifest;
  /** No name where there was nothing before. */
  readonly safety: Pick<Safety, 'keep'> & { readonly name: string | null };
  readonly startedAt: number;
  readonly branch: Branch;
}

const nothing = (): void => undefined;
const DRAIN_MS = 30_000;

/**
 * Puts what is staged in the place of what is live, under the bot. When it returns, the bot works on what was restored;
 * when it throws, on what was there before, or, if not even that can be opened, the premises were told to give up.
 */
export function createExchange(parts: Pick<RestoreParts, 'premises' | 'journalFile' | 'log' | 'drainMs' | 'clock'>) {
  const { premises, journalFile, log, clock } = parts;
  const { contents } = premises;
  const database = contents.find(({ name }) => name === 'sqlite');

  return async function exchange(request: ExchangeRequest, job: JobContext): Promise<{ waitedMs: number }> {
    const { id, manifest, safety, startedAt, branch } = request;
    let journal: RestoreJournal = {
      format: 1,
      id,
      backup: manifest.name,
      safety: safety.name,
      startedAt,
      confirmed: false,
      before: {},
    };
    job.report({ stage: 'swapping', doneBytes: 0, totalBytes: 0 });
    // First that there is one, so that no shell command begins, and while a full disk has interrupted nobody yet; then,
    // when the content lies still, what there was.
    await begin(journal);
    const shutAt = clock();
    try {
      await quietly(safety, () => premises.vacate(parts.drainMs ?? DRAIN_MS));
      if (safety.name !== null) await quietly(safety, () => premises.claim());
      journal = { ...journal, before: await namesBefore() };
      await writeJournal(journalFile, journal);
      await swapIn(contents, journal, nothing);
      if (database !== undefined) await safety.keep?.(beforeOf(database, id));
      job.report({ stage: 'opening', doneBytes: 0, totalBytes: 0 });
      await premises.reoccupy(branch);
      await assertCounts(manifest);
      await premises.settle();
      await writeJournal(journalFile, { ...journal, confirmed: true });
    } catch (error) {
      await goBack(journal, error);
      const isOfTheDisk = database !== undefined && !isFull(error);
      const why = isOfTheDisk ? translateData(error, database.root) : error;
      throw failed(manifest.name, isFull(error) ? diskFull('opening what was restored', reserveBytes, error) : why);
    }
    premises.resume();
    const waitedMs = clock() - shutAt;
    try {
      const held = await clear(contents, journal, nothing);
      if (held.length === 0) await removeJournal(journalFile);
      else log.warn(`${held.join(' and ')} could not be deleted yet; the next start or restore does it`);
    } catch (error) {
      log.warn('What the restore replaced could not be deleted yet; the next start or restore does it', { error });
    }
    job.report({ stage: 'done', doneBytes: 0, totalBytes: 0 });
    return { waitedMs };
  };

  /** One that cannot be written for sure may lie there all the same, and would be in the way of every other restore. */
  async function begin(journal: RestoreJournal): Promise<void> {
    try {
      await writeJournal(journalFile, journal);
    } catch (error) {
      await removeJournal(journalFile).catch((cause: unknown) => {
        throw new SuppressedError(cause, error);
      });
      throw error;
    }
  }

  /** A damaged database may neither close nor be claimed without complaint. */
  async function quietly({ keep }: Pick<Safety, 'keep'>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (keep === null || isAppError(error, 'busy')) throw error;
      log.warn('The damaged database was left with an error', { error });
    }
  }

  async function namesBefore(): Promise<RestoreJournal['before']> {
    const before: Partial<Record<'sqlite' | 'chroma', readonly string[]>> = {};
    for (const content of contents) before[content.name] = await namesOf(content);
    return before;
  }

  async function assertCounts({ counts }: Manifest): Promise<void> {
    const problems = countProblems(counts.tables, await premises.tables());
    if (problems.length > 0) {
      throw new AppError('damaged', `What was restored is not what was backed up: ${problems.join('; ')}.`);
    }
  }

  async function goBack(journal: RestoreJournal, error: unknown): Promise<void> {
    log.error(`The restore of ${journal.backup} failed; putting back what was there before`, { error });
    try {
      await premises.vacate(0);
      // That it is confirmed may have come to the disk, though not for sure: whoever starts then would not go on with this.
      if ((await readJournal(journalFile))?.confirmed === true) await writeJournal(journalFile, journal);
      await swapBack(contents, journal, nothing);
      await removeJournal(journalFile);
      if (journal.safety === null) return; // nothing was open before
      await premises.reoccupy();
      premises.resume();
    } catch (cause) {
      const kept = contents.map((content) => beforeOf(content, journal.id)).join(', ');
      const hopeless = new AppError('internal', hopelessWords(journal, { kept, journalFile, why: reasonOf(cause) }), {
        cause: new SuppressedError(cause, error),
      });
      premises.giveUp(hopeless);
      throw hopeless;
    }
  }
}

const reasonOf = (cause: unknown): Words =>
  isAppError(cause) ? cause.words : { en: 'a defect, which the log describes', ja: '不具合（詳細はログにあります）' };

interface Hopeless {
  readonly kept: string;
  readonly journalFile: string;
  readonly why: Words;
}

function hopelessWords({ backup, safety }: RestoreJournal, { kept, journalFile, why }: Hopeless): Words {
  return {
    en: `The restore of ${backup} failed, and what was there before could not be opened again. Reason: ${wordsIn('en', why)} Nothing of it was deleted: it lies where it was, or in ${kept}, and ${safety ?? '?'} has it, too. Leave these alone, and ${journalFile}. The bot ends now. Put right what the reason says and start it again: it puts everything back by itself. If it does not start, restore ${safety ?? '?'} with the shell command backup restore.`,
    ja: `${backup} の復元に失敗し、復元前の内容も開けませんでした。理由：${wordsIn('ja', why)} 復元前の内容は削除されていません。元の場所または ${kept} にあり、${safety ?? '?'} にも保存されています。これらと ${journalFile} には触れないでください。ボットは終了します。理由を解消してから起動すると、自動的に元に戻ります。起動しない場合は、シェルコマンド backup restore で ${safety ?? '?'} を復元してください。`,
  };
}

function failed(name: string, cause: unknown): AppError {
  const words = reasonOf(cause);
  const code = isAppError(cause) ? cause.code : 'internal';
  return new AppError(
    code,
    {
      en: `${name} was not restored, and everything is as it was before. Reason: ${wordsIn('en', words)}`,
      ja: `${name} は復元されませんでした。内容は復元前のままです。理由：${wordsIn('ja', words)}`,
    },
    { cause },
  );
}
