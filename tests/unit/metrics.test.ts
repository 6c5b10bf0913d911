import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiParts } from '../../src/http/api-parts.ts';
import { createMetrics } from '../../src/http/metrics.ts';

const ODD = 'a "quoted" \\ back\\nslash,\nline} ボット';

/** Each sample's labels, strictly by https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details */
function samplesIn(text: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> }[] {
  assert.ok(text.endsWith('\n'));
  const lines = text.slice(0, -1).split('\n');
  return lines
    .filter((line) => line !== '' && !/^# (HELP|TYPE) [a-z_]+ [^\\]+$/.test(line))
    .map((line) => {
      const found = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)*)\})? (-?[\d.e+-]+|\+Inf|NaN)$/u.exec(line);
      const [, name = '', inside = ''] = found ?? assert.fail(`no sample: ${line}`);
      const pairs = [...inside.matchAll(/([a-z]+)="((?:[^"\\]|\\["\\n])*)"/gu)];
      const plain = (value = '') => value.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
      return { name, labels: Object.fromEntries(pairs.map(([, key = '', value]) => [key, plain(value)])) };
    });
}

test('labels with quotes, backslashes, line breaks and Japanese come out as Prometheus reads them', async () => {
  const identity = {
    installationId: ODD,
    application: ODD,
    lineage: [{ id: 'timeline', number: 3, cause: 'start', beganAt: '2026-11-21T09:00:00Z', branchedAt: null }],
    position: { knowledge: 1, talk: 2 },
  };
  const copy = {
    name: ODD,
    backups: [],
    newest: null,
    pending: 0,
    behindSince: null,
    rotten: 0,
    oldestReadBackAt: null,
  };
  const parts = {
    health: {
      status: () => ({ totals: { documents: 1, chunks: 2 }, parts: [], freeBytes: null, startedAt: 0, identity }),
    },
    alerts: () => [],
    clock: () => 0,
    backups: () => ({ list: async () => [], running: () => null, coverage: async () => ({ behindSince: null }) }),
    copies: async () => [{ ...copy, usedBytes: 1, limitBytes: null }],
    library: () => ({ openJobs: () => [] }),
  };
  using metrics = createMetrics(() => parts as unknown as ApiParts);
  const samples = samplesIn(await metrics.render());
  const labelsOf = (name: string) => samples.find((sample) => sample.name === `nescordbot_${name}`)?.labels;
  assert.deepEqual(labelsOf('state_info'), { installation: ODD, application: ODD, timeline: '3' });
  for (const name of ['vault_copies', 'vault_pending', 'vault_used_bytes'])
    assert.deepEqual(labelsOf(name), { vault: ODD });
});
