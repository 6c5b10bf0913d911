import { counted } from '../../counted.ts';
import { AppError, isAppError, wordsIn, type Words } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Alerts } from '../ports.ts';
import type { IntegrityFinding, IntegrityPart, IntegrityReport, IntegrityWatch } from './model.ts';

export interface IntegrityCheck {
  readonly part: IntegrityPart;
  /** @throws AppError when it could not be looked at: `busy`, `unavailable` */
  look(signal: AbortSignal): Promise<Omit<IntegrityFinding, 'part'>>;
}

/** Where reports are kept, so that a restore and a restart leave them alone. */
export interface IntegrityHistory {
  /** Newest first. */
  reports(): readonly IntegrityReport[];
  /** @throws when it cannot be written */
  add(report: IntegrityReport): Promise<void>;
}

export interface IntegrityWatchParts {
  /** One after the other: together they would take the disk from the members who ask. */
  readonly checks: readonly IntegrityCheck[];
  readonly history: IntegrityHistory;
  readonly alerts: Pick<Alerts, 'raise' | 'resolve' | 'announce'>;
  readonly clock: () => number;
  readonly log: Log;
}

export interface RunningIntegrityWatch extends IntegrityWatch {
  /** Ends a look under way, for somebody who needs the place; the next one comes as ever. */
  interrupt(): Promise<void>;
  /** Ends a look under way. */
  close(): Promise<void>;
}

/** So often in a row a part may be left out before somebody is told. */
const SKIPS_UNTIL_ALERT = 3;

export function createIntegrityWatch(parts: IntegrityWatchParts): RunningIntegrityWatch {
  const { checks, history, alerts, clock, log } = parts;
  const closing = new AbortController();
  let interruption = new AbortController();
  let looking: Promise<IntegrityReport> | null = null;

  async function lookAtAll(signal: AbortSignal, only: readonly IntegrityPart[] | null): Promise<IntegrityReport> {
    const at = clock();
    const findings: IntegrityFinding[] = [];
    const asked = checks.filter(({ part }) => only?.includes(part) ?? true);
    for (const check of asked) findings.push(await lookAt(check, signal));
    const report = { at, durationMs: clock() - at, findings };
    for (const finding of findings) tell(finding);
    await history.add(report).catch((error: unknown) => log.error('The integrity report cannot be kept', { error }));
    return report;
  }

  async function lookAt(check: IntegrityCheck, signal: AbortSignal): Promise<IntegrityFinding> {
    try {
      return { part: check.part, ...(await check.look(signal)) };
    } catch (error) {
      if (signal.aborted) throw new AppError('aborted', stopped, { cause: error });
      if (!isAppError(error)) log.error(`The integrity of the ${check.part} could not be checked`, { error });
      return { part: check.part, state: 'skipped', words: isAppError(error) ? error.words : unknownReason };
    }
  }

  function tell({ part, state, words }: IntegrityFinding): void {
    const key = `integrity:${part}`;
    log[state === 'damaged' ? 'error' : 'info'](`Integrity of the ${part}: ${state}. ${wordsIn('en', words)}`);
    if (state === 'damaged') return alerts.raise({ key, severity: 'critical', words });
    if (state !== 'skipped') alerts.resolve(key);
    if (state === 'repaired') alerts.announce(words);
    const missed = state === 'skipped' ? skipsInARow(part) + 1 : 0;
    if (missed === 0) alerts.resolve(`integrity:${part}-skipped`);
    if (missed >= SKIPS_UNTIL_ALERT) {
      alerts.raise({ key: `integrity:${part}-skipped`, severity: 'warning', words: skippedWords(part, missed, words) });
    }
  }

  function skipsInARow(part: IntegrityPart): number {
    const states = history.reports().flatMap(({ findings }) => findings.filter((finding) => finding.part === part));
    const first = states.findIndex(({ state }) => state !== 'skipped');
    return first === -1 ? states.length : first;
  }

  return {
    async look(signal, only) {
      if (looking !== null) throw new AppError('busy', underWay);
      interruption = new AbortController();
      const stop = AbortSignal.any([closing.signal, interruption.signal, ...(signal === undefined ? [] : [signal])]);
      looking = lookAtAll(stop, only ?? null);
      try {
        return await looking;
      } finally {
        looking = null;
      }
    },
    history: () => history.reports(),
    async interrupt() {
      interruption.abort();
      await looking?.catch(() => undefined); // whoever asked for it is told
    },
    async close() {
      closing.abort();
      await looking?.catch(() => undefined); // whoever asked for it is told
    },
  };
}

const PARTS: Readonly<Record<IntegrityPart, { readonly en: string; readonly ja: string }>> = {
  database: { en: 'database', ja: 'データベース' },
  contents: { en: 'contents', ja: '文書の内容' },
  index: { en: 'vector index', ja: 'ベクトル索引' },
  backups: { en: 'backups', ja: 'バックアップ' },
};

function skippedWords(part: IntegrityPart, times: number, why: Words): Words {
  return {
    en: `The integrity of the ${PARTS[part].en} could not be checked ${counted(times, 'time')} in a row. The last reason: ${wordsIn('en', why)}`,
    ja: `${PARTS[part].ja}の整合性確認を ${times} 回続けて実行できませんでした。直近の理由：${wordsIn('ja', why)}`,
  };
}

const underWay = { en: 'The integrity check is under way already.', ja: '整合性確認はすでに実行中です。' };
const stopped = { en: 'The integrity check was stopped.', ja: '整合性確認を中止しました。' };
const unknownReason = { en: 'The log says why.', ja: '理由はログに記録されています。' };
