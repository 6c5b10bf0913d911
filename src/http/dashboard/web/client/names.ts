import type { TextName } from './texts/index.ts';
import { t } from './texts/index.ts';

const jobs: Readonly<Record<string, TextName>> = {
  backup: 'jobBackup',
  verify: 'jobVerify',
  drill: 'jobDrill',
  restore: 'jobRestore',
  cleanup: 'jobCleanup',
  ingest: 'jobIngest',
  purge: 'jobPurge',
  reindex: 'jobReindex',
  integrity: 'jobIntegrity',
  sync: 'jobSync',
};
export const jobNames = (kind: string): TextName => jobs[kind] ?? 'activity';

const kinds: Readonly<Record<string, TextName>> = {
  manual: 'kindManual',
  scheduled: 'kindScheduled',
  'after-change': 'kindAfterChange',
  safety: 'kindSafety',
};
export const kindName = (kind: string | null): string => t(kinds[kind ?? ''] ?? 'kindUnknown');

const stages: Readonly<Record<string, TextName>> = {
  waiting: 'stageWaiting',
  checking: 'stageChecking',
  capturing: 'stageCapturing',
  compressing: 'stageCompressing',
  verifying: 'stageVerifying',
  sending: 'stageSending',
  retention: 'stageRetention',
  drilling: 'stageDrilling',
  staging: 'stageStaging',
  saving: 'stageSaving',
  swapping: 'stageSwapping',
  opening: 'stageOpening',
  done: 'stageDone',
};
/** Knowledge's own steps and whatever is new are shown as they are called. */
export const stageName = (stage: string): string => {
  const name = stages[stage];
  return name === undefined ? stage : t(name);
};

const parts: Readonly<Record<string, TextName>> = {
  sqlite: 'partSqlite',
  chroma: 'partChroma',
  embedder: 'partEmbedder',
  generator: 'partGenerator',
  jobs: 'partJobs',
  clock: 'partClock',
};
export const partName = (name: string): string => {
  const known = parts[name];
  return known === undefined ? name.replace(/^discord$/, 'Discord') : t(known);
};

const vaults: Readonly<Record<string, TextName>> = { folder: 'vaultFolder' };
const proper: Readonly<Record<string, string>> = { github: 'GitHub', s3: 'S3' };
/** Where copies are, in a word. */
export const vaultName = (name: string): string => {
  const known = vaults[name];
  return known === undefined ? (proper[name] ?? name) : t(known);
};

/** `20261121_093005` of a name, which is what tells backups apart. */
export const shortName = (name: string): string => name.replace(/^nescordbot_backup_/, '');
