import { Fragment, h } from 'preact';
import { bytes } from '../format.ts';
import { jobNames, stageName } from '../names.ts';
import { allJobs, running, useStore } from '../store.ts';
import { t } from '../texts/index.ts';

interface Work {
  readonly kind: string;
  readonly stage: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** One of these runs at a time, and the server tells of it whoever began it. */
const BACKUP_JOBS = new Set(['backup', 'verify', 'drill', 'restore']);
const BESIDE = new Set(['sync', 'integrity']);
const beginning = { stage: 'checking', doneBytes: 0, totalBytes: 0 } as const;

/** What is under way, whoever began it. Stages are read out, numbers are not. */
export function Running() {
  useStore();
  const own = allJobs().filter(({ state }) => state === 'running');
  const now = running();
  const job = own.find(({ kind, progress }) => BACKUP_JOBS.has(kind) && progress !== null);
  const all: readonly Work[] = [
    ...(now === null ? [] : [{ ...now, ...job?.progress, kind: job?.kind ?? now.what }]),
    ...own
      .filter(({ kind }) => BESIDE.has(kind))
      .map(({ kind, progress }) => Object.assign({ kind }, progress ?? beginning)),
  ];
  const words = all.map(({ kind, stage }) => `${t(jobNames(kind))}: ${stageName(stage)}`).join('; ');
  return h(Fragment, {}, h('div', { class: 'sr-only', role: 'status' }, words), ...all.map(bar));
}

function bar({ kind, stage, doneBytes, totalBytes }: Work) {
  const what = t(jobNames(kind));
  const percent = totalBytes > 0 ? Math.min(100, Math.floor((doneBytes / totalBytes) * 100)) : null;
  return h(
    'div',
    { class: 'running', key: kind },
    h(
      'p',
      {},
      h('strong', {}, what),
      ` · ${stageName(stage)}`,
      percent !== null && h('span', { class: 'muted' }, ` · ${bytes(doneBytes)} / ${bytes(totalBytes)}`),
      percent !== null && h('span', { class: 'running-percent' }, `${percent} %`),
    ),
    h(
      'div',
      {
        class: percent === null ? 'progress unknown' : 'progress',
        role: 'progressbar',
        'aria-label': what,
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': percent ?? undefined,
        'aria-valuetext': stageName(stage),
      },
      h('i', { style: { inlineSize: `${percent ?? 30}%` } }),
    ),
  );
}
