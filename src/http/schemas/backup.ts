import { Type, type Static } from 'typebox';
import type { BackupProgress, BackupSchedule, Kept, Removal, RestorePreview } from '../../backup/api.ts';
import { contentsOf } from '../../backup/contents-model.ts';
import type { BackupEntry, Check } from '../../backup/model.ts';
import type { RemoteBackup } from '../../backup/offsite/api.ts';
import { belongingOf, type Belonging } from '../../backup/standing-model.ts';
import { timelineOf } from '../../backup/state-model.ts';
import { BothWords, bothOf, Bytes, exactly, Flag, iso, isoOrNull, Milliseconds, nullable, Time } from './common.ts';

const CheckBody = Type.Object({
  at: Time,
  ok: Type.Boolean(),
  durationMs: Milliseconds,
  problems: Type.Array(Type.String()),
});

const belonging = {
  standing: Type.Union(
    [Type.Literal('current'), Type.Literal('branch'), Type.Literal('foreign'), Type.Literal('unknown')],
    {
      description:
        'current: what is there now came from it; branch: it was left, and leftBy says by what; foreign: of another installation; unknown: made before backups said whose they are',
    },
  ),
  leftBy: nullable(
    Type.String({ description: 'Of a branch: restore, import, rollback (the database went back) or start' }),
  ),
  installationId: nullable(Type.String({ description: 'Of the installation that made it' })),
  timeline: nullable(
    Type.Integer({ description: 'Its number; with the position it decides which backup is the newest' }),
  ),
  position: nullable(
    Type.Object(
      { knowledge: Type.Integer(), talk: Type.Integer() },
      { description: 'Changes so far: of knowledge, settings and people, and of questions and votes' },
    ),
  ),
};

function belongingView({ standing, leftBy, identity }: Pick<Belonging, 'standing' | 'leftBy' | 'identity'>) {
  return {
    standing,
    leftBy: leftBy ?? null,
    installationId: identity?.installationId ?? null,
    timeline: timelineOf(identity)?.number ?? null,
    position: identity === null ? null : { ...identity.position },
  };
}

export const Backup = Type.Object({
  name: Type.String(),
  createdAt: Time,
  sizeBytes: Bytes,
  state: Type.Union([Type.Literal('good'), Type.Literal('unverified'), Type.Literal('damaged')]),
  problem: nullable(Type.String()),
  kind: nullable(Type.String({ description: 'manual, scheduled, after-change or safety' })),
  reason: nullable(Type.String()),
  by: nullable(Type.String()),
  pinned: Type.Boolean(),
  encrypted: Type.Boolean({ description: 'Whether the archive on this machine is' }),
  durationMs: nullable(Milliseconds),
  verified: nullable(CheckBody),
  drilled: nullable(CheckBody),
  documents: nullable(Type.Integer()),
  passages: nullable(Type.Integer()),
  questions: nullable(Type.Integer()),
  sha256: nullable(Type.String()),
  copies: Type.Array(Type.String(), { description: 'Names of the vaults that hold it, too' }),
  ...belonging,
});
/** As a list has it, which knows all of them. */
const isNewest = {
  newest: Type.Boolean({
    description:
      'The one that is restored where nobody chooses: verified, and of the newest state, by timeline and position, not by date',
  }),
};
export const ListedBackup = Type.Object({ ...Backup.properties, ...isNewest });
export type BackupView = Static<typeof Backup>;
export type ListedBackupView = Static<typeof ListedBackup>;

export function backupView(entry: BackupEntry, copies: readonly string[] = []): BackupView {
  const { name, sizeBytes, createdAt, state, problem, sidecar } = entry;
  const manifest = sidecar?.manifest;
  const contents = manifest === undefined ? null : contentsOf(manifest.counts);
  return {
    name,
    createdAt: iso(createdAt),
    sizeBytes,
    state,
    problem,
    kind: manifest?.kind ?? null,
    reason: manifest?.reason ?? null,
    by: manifest?.by.name ?? null,
    pinned: sidecar?.pinned ?? false,
    encrypted: entry.encrypted ?? false,
    durationMs: manifest?.durationMs ?? null,
    verified: checkView(sidecar?.verified ?? null),
    drilled: checkView(sidecar?.drilled ?? null),
    documents: contents?.documents ?? null,
    passages: contents?.passages ?? null,
    questions: contents?.questions ?? null,
    sha256: sidecar?.archive.sha256 ?? null,
    copies: [...copies],
    ...belongingView(belongingOf(entry)),
  };
}

export const listedView = (entry: BackupEntry, copies: readonly string[], newest: string | null): ListedBackupView =>
  Object.assign(backupView(entry, copies), { newest: entry.name === newest });

export const Elsewhere = Type.Object({
  name: Type.String(),
  createdAt: Time,
  sizeBytes: Type.Integer({ minimum: 0, description: 'Of the copy' }),
  kind: nullable(Type.String()),
  reason: nullable(Type.String({ description: 'Null where the copy is encrypted' })),
  by: nullable(Type.String()),
  documents: nullable(Type.Integer()),
  drilled: Type.Boolean(),
  pinned: Type.Boolean(),
  copies: Type.Array(Type.String(), { description: 'Names of the vaults that hold it' }),
  ...belonging,
  ...isNewest,
});

export function elsewhereView(
  { createdAt, copies, standing, leftBy, identity, ...remote }: RemoteBackup,
  newest: boolean,
): Static<typeof Elsewhere> {
  return {
    ...remote,
    newest,
    ...belongingView({ standing, identity, ...(leftBy === undefined ? {} : { leftBy }) }),
    createdAt: iso(createdAt),
    copies: copies.map(({ vault }) => vault),
  };
}

function checkView(check: Check | null) {
  return check === null ? null : { ...check, at: iso(check.at), problems: [...check.problems] };
}

export const Progress = Type.Object({ stage: Type.String(), doneBytes: Bytes, totalBytes: Bytes });
export const Running = Type.Object({ what: Type.String(), ...Progress.properties });
export type RunningView = Static<typeof Running>;

export const runningView = (running: (BackupProgress & { readonly what: string }) | null): RunningView | null =>
  running === null ? null : { ...running };

export const Removals = Type.Array(Type.Object({ name: Type.String(), reason: BothWords }));
export const Keeps = Type.Array(Type.Object({ name: Type.String(), reasons: Type.Array(BothWords) }));

export const removalsView = (removed: readonly Removal[]): Static<typeof Removals> =>
  removed.map(({ name, reason }) => ({ name, reason: bothOf(reason) }));
export const keepsView = (kept: readonly Kept[]): Static<typeof Keeps> =>
  kept.map(({ name, reasons }) => ({ name, reasons: reasons.map(bothOf) }));

export const Cleanup = Type.Object({ dryRun: Type.Boolean(), removed: Removals, kept: Keeps });
export type CleanupView = Static<typeof Cleanup>;

const Titles = Type.Object({
  count: Type.Integer(),
  titles: Type.Array(Type.String(), { description: 'At most 10' }),
});
export const Preview = Type.Object({
  backup: Backup,
  documentsLost: Titles,
  documentsReturning: Titles,
  questionsLost: Type.Integer(),
  questionsReturning: Type.Integer({ description: 'Without those of people who asked to be forgotten' }),
  votesChanging: Type.Integer({ description: 'On questions that are there before and after' }),
  guildsWithOtherSettings: Type.Integer(),
  scheduleChanges: Type.Boolean(),
  undoable: Type.Boolean({ description: 'False when what is there now is too damaged to be saved first' }),
  remarks: Type.Array(BothWords),
  estimatedMs: Milliseconds,
  confirm: Type.String({ description: 'Send it to POST /api/backup/restore; good once, for five minutes' }),
  confirmUntil: Time,
});

export type PreviewView = Static<typeof Preview>;

export function previewView(preview: RestorePreview): Omit<PreviewView, 'confirm' | 'confirmUntil'> {
  const { entry, documentsLost, documentsReturning, ...rest } = preview;
  const titles = ({ count, titles }: RestorePreview['documentsLost']) => ({ count, titles: [...titles] });
  return {
    ...rest,
    backup: backupView(entry),
    documentsLost: titles(documentsLost),
    documentsReturning: titles(documentsReturning),
    remarks: [...rest.remarks],
  };
}

const rules = {
  enabled: Flag(),
  rule: Type.String({ maxLength: 60, examples: ['every 6h', 'daily 02:00'] }),
  timeZone: Type.String({ maxLength: 60, examples: ['Asia/Tokyo'] }),
  afterChanges: Flag('Also when knowledge has changed'),
};
export const ScheduleBody = Type.Object({
  ...rules,
  nextAt: nullable(Type.String({ format: 'date-time', description: 'By the rule' })),
  afterChangesAt: nullable(
    Type.String({ format: 'date-time', description: 'Of what has changed; null while nothing of that kind is due' }),
  ),
  lastAt: nullable(Time),
});
export type ScheduleView = Static<typeof ScheduleBody>;
export const ScheduleChange = Type.Partial(exactly(rules), { additionalProperties: false });

export function scheduleView(schedule: ReturnType<BackupSchedule['current']>): ScheduleView {
  const { nextAt, afterChangesAt, lastAt, ...rest } = schedule;
  return {
    ...rest,
    nextAt: isoOrNull(nextAt),
    afterChangesAt: isoOrNull(afterChangesAt),
    lastAt: isoOrNull(lastAt),
  };
}
