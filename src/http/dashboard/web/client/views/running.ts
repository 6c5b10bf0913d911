import { h } from 'preact';
import { bytes } from '../format.ts';
import { jobNames, stageName } from '../names.ts';
import { running, useStore } from '../store.ts';
import { t } from '../texts/index.ts';

/** What is under way, whoever began it. Stages are read out, numbers are not. */
export function Running() {
  const { jobs } = useStore();
  const now = running();
  if (now === null) return h('div', { class: 'sr-only', role: 'status' });
  const own = [...jobs.values()].find(({ state, progress }) => state === 'running' && progress !== null);
  const { stage, doneBytes, totalBytes } = own?.progress ?? now;
  const what = t(jobNames(own?.kind ?? now.what));
  const percent = totalBytes > 0 ? Math.min(100, Math.floor((doneBytes / totalBytes) * 100)) : null;
  return h(
    'div',
    { class: 'running' },
    h('div', { class: 'sr-only', role: 'status' }, `${what}: ${stageName(stage)}`),
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
