import { readFile } from 'node:fs/promises';
import type { IntegrityReport } from '../../health/integrity/model.ts';
import type { IntegrityHistory } from '../../health/integrity/watch.ts';
import { writeWholeFile } from '../../whole-file.ts';
import type { Log } from '../../log.ts';
import { isMoment } from '../../moment.ts';

/** A quarter of a year, night by night. */
const KEPT = 90;

/** In a file of its own beside the database, which a restore replaces. */
export async function openIntegrityHistory(file: string, log: Log): Promise<IntegrityHistory> {
  let reports = await read(file, log);
  return {
    reports: () => reports,
    async add(report) {
      reports = [report, ...reports].slice(0, KEPT);
      await writeWholeFile(file, JSON.stringify(reports), `${file}.partial`);
    },
  };
}

/** What cannot be read is said and begun anew: the next night makes another report. */
async function read(file: string, log: Log): Promise<readonly IntegrityReport[]> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (Array.isArray(found) && found.every(isReport)) return found.slice(0, KEPT);
    log.warn(`${file} does not hold integrity reports; it is begun anew`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn(`${file} cannot be read; it is begun anew`, { error });
  }
  return [];
}

const STATES = new Set<unknown>([
  'sound',
  'repaired',
  'damaged',
  'skipped',
] satisfies IntegrityReport['findings'][number]['state'][]);

function isReport(value: unknown): value is IntegrityReport {
  if (typeof value !== 'object' || value === null) return false;
  const { at, durationMs, findings } = value as Readonly<Record<string, unknown>>;
  return (
    isMoment(at) &&
    typeof durationMs === 'number' &&
    Array.isArray(findings) &&
    findings.every((finding: Readonly<Record<string, unknown>> | null) => {
      if (typeof finding !== 'object' || finding === null) return false;
      const { part, state, words } = finding;
      return typeof part === 'string' && STATES.has(state) && (typeof words === 'string' || isBoth(words));
    })
  );
}

function isBoth(words: unknown): boolean {
  if (typeof words !== 'object' || words === null) return false;
  const { en, ja } = words as Readonly<Record<string, unknown>>;
  return typeof en === 'string' && typeof ja === 'string';
}
