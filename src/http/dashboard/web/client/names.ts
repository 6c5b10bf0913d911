import type { TextName } from './texts/index.ts';
import { count } from './format.ts';
import type { Backup } from './model.ts';
import { locale, t } from './texts/index.ts';

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

/** What somebody typed stays as it is; what the bot noted by itself is in the language of whoever reads it. */
export function reasonText(reason: string | null): string | null {
  if (reason === 'before an import') return t('beforeImport');
  const restored = /^before the restore of (\S+)$/.exec(reason ?? '')?.[1];
  return restored === undefined ? reason : t('beforeRestoreOf', { name: shortName(restored) });
}

const left: Readonly<Record<string, TextName>> = {
  import: 'leftByImport',
  rollback: 'leftByRollback',
  start: 'leftByStart',
};

/** Where a backup belongs, of one that is not simply on the way to what is there now. */
export function originName({ standing, leftBy, kind, installationId }: Backup): string | null {
  if (kind === null || standing === 'current') return null;
  if (standing === 'foreign') return t('ofAnother', { id: shortId(installationId) });
  // What was saved before a restore is called so already.
  if (kind === 'safety') return null;
  return t(standing === 'branch' ? (left[leftBy ?? ''] ?? 'leftBehind') : 'unknownOrigin');
}

/** What decides which backup is the newest, for those who look closely. */
export function stateName({ timeline, position, installationId }: Backup): string | undefined {
  if (timeline === null || position === null) return undefined;
  const [knowledge, talk] = [position.knowledge, position.talk].map((value) => count(value, locale()));
  return t('stateAt', { timeline, position: knowledge ?? '', talk: talk ?? '', id: shortId(installationId) });
}

const shortId = (id: string | null): string => id?.slice(0, 8) ?? '?';

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
