import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { newestVerified } from '../backup/coverage-model.ts';
import { parseName } from '../backup/name.ts';
import type { StateIdentity } from '../backup/state-model.ts';
import { isAppError } from '../errors.ts';
import type { Answers } from '../knowledge/api.ts';
import type { ApiParts } from './api-parts.ts';

type MetricsParts = Pick<ApiParts, 'backups' | 'copies' | 'library' | 'health' | 'alerts' | 'clock'>;

export interface Metrics extends Disposable {
  /** The same answers, counted. */
  counting(answers: Answers): Answers;
  readonly contentType: string;
  /** In Prometheus' text format. */
  render(): Promise<string>;
}

const LATENCY_SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60];

export function createMetrics(parts: () => MetricsParts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const questions = new Counter({
    name: 'nescordbot_questions_total',
    help: 'Questions since the start, by outcome (answered, refused, failed) and rung (full, passages, keywords, none)',
    labelNames: ['outcome', 'rung'],
    registers,
  });
  const latency = new Histogram({
    name: 'nescordbot_answer_seconds',
    help: 'From the question to the whole answer',
    labelNames: ['rung'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `nescordbot_${name}`, help, labelNames, registers });
  const gauges = {
    documents: gauge('documents', 'Documents of all servers'),
    passages: gauge('passages', 'Passages of all servers'),
    parts: gauge('part_up', '1 while a part works, if degraded; else 0', ['part']),
    free: gauge('volume_free_bytes', 'Free on the volume of the database'),
    jobs: gauge('jobs_open', 'Documents waiting to be taken in or forgotten, or under way'),
    backups: gauge('backups', 'Backups on this machine', ['state']),
    backupBytes: gauge('backups_bytes', 'What they take'),
    verified: gauge('backup_newest_verified_timestamp_seconds', 'When the newest verified backup was made'),
    drilled: gauge('backup_last_drill_timestamp_seconds', 'When a restore was last rehearsed with success'),
    behindHere: gauge('backup_behind_seconds', 'For how long there is knowledge that no verified backup here has'),
    state: gauge('state_info', 'Whose state is open, and on which timeline', [
      'installation',
      'application',
      'timeline',
    ]),
    position: gauge('position', 'How far it has come: changes of knowledge, settings and people, and of talk', [
      'counter',
    ]),
    restoreSeconds: gauge('backup_restore_seconds', 'How long that took'),
    copies: gauge('vault_copies', 'Copies off this machine that were read back', ['vault']),
    newestCopy: gauge('vault_newest_copy_timestamp_seconds', 'When the newest of them was backed up', ['vault']),
    pending: gauge('vault_pending', 'Backups that wait to be sent', ['vault']),
    behind: gauge('vault_behind_seconds', 'For how long there is knowledge that no verified copy there has', ['vault']),
    rotten: gauge('vault_rotten_copies', 'Copies whose bytes are not those that were stored', ['vault']),
    readBack: gauge(
      'vault_oldest_read_back_timestamp_seconds',
      'When the copy that was not read back for longest was last read back',
      ['vault'],
    ),
    vaultBytes: gauge('vault_used_bytes', 'What a vault holds', ['vault']),
    vaultLimit: gauge('vault_limit_bytes', 'What it takes at most, where somebody sets that', ['vault']),
    running: gauge('backup_job_running', '1 while a backup, verification or restore is under way'),
    alerts: gauge('alerts_open', 'Open alerts', ['severity']),
    started: gauge('start_timestamp_seconds', 'When the bot was started'),
    memory: gauge('resident_memory_bytes', 'Resident memory of the process, without Chroma'),
    lag: gauge('event_loop_lag_seconds', 'Delay of the event loop since the last look', ['quantile']),
  };

  function showState({ installationId, application, lineage, position }: StateIdentity): void {
    const timeline = String(lineage[0]?.number ?? 0);
    gauges.state.set({ installation: installationId, application: application ?? '', timeline }, 1);
    gauges.position.set({ counter: 'knowledge' }, position.knowledge);
    gauges.position.set({ counter: 'talk' }, position.talk);
  }

  async function look(): Promise<void> {
    const { backups, copies, library, health, alerts, clock } = parts();
    const { totals, parts: ofBot, freeBytes, startedAt, identity = null } = health.status();
    if (identity !== null) showState(identity);
    gauges.documents.set(totals.documents);
    gauges.passages.set(totals.chunks);
    gauges.started.set(startedAt / 1000);
    if (freeBytes !== null) gauges.free.set(freeBytes);
    for (const { name, state } of ofBot)
      gauges.parts.set({ part: name }, state === 'ok' || state === 'degraded' ? 1 : 0);
    for (const severity of ['warning', 'critical'])
      gauges.alerts.set({ severity }, alerts().filter((alert) => alert.severity === severity).length);
    gauges.memory.set(process.memoryUsage.rss());
    gauges.lag.set({ quantile: '0.5' }, lag.percentile(50) / 1e9);
    gauges.lag.set({ quantile: '0.99' }, lag.percentile(99) / 1e9);
    lag.reset();

    const entries = await backups().list();
    for (const state of ['good', 'unverified', 'damaged'])
      gauges.backups.set({ state }, entries.filter((entry) => entry.state === state).length);
    gauges.backupBytes.set(entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    gauges.running.set(backups().running() === null ? 0 : 1);
    const good = entries.filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
    const { behindSince } = await backups().coverage();
    gauges.behindHere.set(behindSince === null ? 0 : Math.max(0, clock() - behindSince) / 1000);
    const chosen = newestVerified(entries);
    if (chosen !== null) gauges.verified.set(chosen.createdAt / 1000);
    const drill = good.map(({ sidecar }) => sidecar?.drilled ?? null).find((check) => check?.ok === true);
    if (drill) gauges.drilled.set(drill.at / 1000);
    if (drill) gauges.restoreSeconds.set(drill.durationMs / 1000);
    for (const { name: vault, backups: names, ...copy } of await copies()) {
      gauges.copies.set({ vault }, names.length);
      const madeAt = copy.newest === null ? null : (parseName(copy.newest)?.createdAt ?? null);
      if (madeAt !== null) gauges.newestCopy.set({ vault }, madeAt / 1000);
      gauges.pending.set({ vault }, copy.pending);
      gauges.behind.set({ vault }, copy.behindSince === null ? 0 : Math.max(0, clock() - copy.behindSince) / 1000);
      gauges.rotten.set({ vault }, copy.rotten);
      if (copy.oldestReadBackAt !== null) gauges.readBack.set({ vault }, copy.oldestReadBackAt / 1000);
      if (copy.usedBytes !== null) gauges.vaultBytes.set({ vault }, copy.usedBytes);
      if (copy.limitBytes !== null) gauges.vaultLimit.set({ vault }, copy.limitBytes);
    }
    gauges.jobs.set(library().openJobs().length); // last: it throws while a backup is being restored
  }

  return {
    counting: (answers) => ({
      ...answers,
      async *ask(request) {
        try {
          for await (const event of answers.ask(request)) {
            if (event.kind === 'final') {
              const { outcome, rung, durationMs } = event.answer;
              questions.inc({ outcome, rung });
              latency.observe({ rung }, durationMs / 1000);
            }
            yield event;
          }
        } catch (error) {
          if (!isAppError(error, 'invalid') && !isAppError(error, 'aborted'))
            questions.inc({ outcome: 'failed', rung: 'none' });
          throw error;
        }
      },
    }),
    contentType: registry.contentType,
    async render() {
      for (const one of Object.values(gauges)) one.reset();
      try {
        await look();
      } catch (error) {
        // A restore, a folder that is gone, a damaged database: what could be told is told.
        if (!isAppError(error) || error.code === 'internal') throw error;
      }
      return registry.metrics();
    },
    [Symbol.dispose]: () => void lag.disable(),
  };
}
