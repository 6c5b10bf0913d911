import { Type, type Static } from 'typebox';
import type { OpenAlert, PartStatus, PastAlert } from '../../health/ports.ts';
import type { LogLine } from '../../log.ts';
import { ListedBackup, Running, ScheduleBody } from './backup.ts';
import { BothWords, bothOf, Bytes, iso, Milliseconds, nullable, Time } from './common.ts';
import { JobBody } from './job.ts';

export const AlertBody = Type.Object({
  key: Type.String(),
  severity: Type.String({ description: 'warning or critical' }),
  words: BothWords,
  since: Time,
});
export const alertView = ({ key, severity, words, since }: OpenAlert): Static<typeof AlertBody> => ({
  key,
  severity,
  words: bothOf(words),
  since: iso(since),
});

export const PastAlertBody = Type.Object({
  key: nullable(Type.String({ description: 'Null for what was announced and over at once' })),
  severity: Type.String({ description: 'info, warning or critical' }),
  words: BothWords,
  since: Time,
  resolvedAt: Time,
});
export const pastAlertView = ({
  key,
  severity,
  words,
  since,
  resolvedAt,
}: PastAlert): Static<typeof PastAlertBody> => ({
  key,
  severity,
  words: bothOf(words),
  since: iso(since),
  resolvedAt: iso(resolvedAt),
});

export const LogLineBody = Type.Object({ at: Time, level: Type.String(), text: Type.String() });
export const logLineView = ({ at, level, text }: LogLine): Static<typeof LogLineBody> => ({ at: iso(at), level, text });

export const PartBody = Type.Object({
  name: Type.String(),
  state: Type.String(),
  detail: Type.String(),
  words: nullable(BothWords),
});
export const partView = ({ name, state, detail, words }: PartStatus): Static<typeof PartBody> => ({
  name,
  state,
  detail,
  words: words === undefined ? null : bothOf(words),
});

const votes = { up: Type.Integer(), down: Type.Integer() };
const outcomes = {
  questions: Type.Integer(),
  answered: Type.Integer(),
  refused: Type.Integer(),
  failed: Type.Integer(),
  ...votes,
};

export const Figures = Type.Object({
  days: Type.Array(Type.Object({ day: Type.String({ description: 'YYYY-MM-DD, UTC' }), ...outcomes })),
  totals: Type.Object(outcomes),
  unanswered: Type.Array(
    Type.Object({
      id: Type.String({ description: 'For dismissing it' }),
      question: Type.String(),
      guild: Type.String(),
      times: Type.Integer(),
      lastAskedAt: Time,
    }),
    { description: 'What was asked in private is not among it' },
  ),
  unansweredPrivately: Type.Integer({ description: 'How many were asked in private' }),
});

/** Of what no copy has: dated ahead of the clock, it is not as good as nothing. */
const Age = Type.Number({ description: 'Milliseconds; negative where that is dated ahead of the clock' });

export const Overview = Type.Object({
  now: Time,
  version: Type.String(),
  startedAt: Time,
  parts: Type.Array(PartBody),
  totals: Type.Object({ guilds: Type.Integer(), documents: Type.Integer(), passages: Type.Integer() }),
  /** At a glance. */
  restorable: Type.Object({
    ok: Type.Boolean({ description: 'There is a backup that was read back and is good' }),
    newest: nullable(Type.String()),
    drilledAt: nullable(Time),
    rtoMs: nullable(Milliseconds),
    rpoMs: nullable(
      Type.Integer({
        minimum: 0,
        description:
          'At most what was taught for so long would be lost with the database; 0: nothing. Null where there is no backup, or the clock and the backup disagree',
      }),
    ),
    behindSince: nullable(
      Type.String({
        format: 'date-time',
        description: 'Since when there is knowledge that no verified backup here has',
      }),
    ),
    talkBehind: nullable(Type.Integer({ description: 'Questions and votes since the newest backup' })),
  }),
  copies: Type.Array(
    Type.Object({
      name: Type.String({ description: 'local, or the name of a vault' }),
      label: Type.String(),
      backups: Type.Integer(),
      newest: nullable(Type.String()),
      newestAt: nullable(Time),
      rpoMs: nullable(Age),
      usedBytes: nullable(Bytes),
      limitBytes: nullable(Bytes),
      problem: nullable(Type.String()),
      problemWords: nullable(BothWords),
      pending: Type.Integer({ description: 'Backups that wait to be sent' }),
      behindSince: nullable(Time),
      lastSuccessAt: nullable(Time),
      rotten: Type.Integer({ description: 'Copies whose bytes are not those that were stored' }),
      readBackAt: nullable(Type.String({ format: 'date-time', description: 'When a copy there was last read back' })),
      oldestReadBackAt: nullable(
        Type.String({ format: 'date-time', description: 'The same, of the copy that was not read for longest' }),
      ),
      fullInDays: nullable(Type.Integer()),
    }),
  ),
  backups: Type.Array(ListedBackup),
  running: nullable(Running),
  schedule: nullable(ScheduleBody),
  storage: Type.Object({
    backups: Type.Integer(),
    usedBytes: Bytes,
    freeBytes: Bytes,
    volumeBytes: nullable(Bytes),
    bytesPerDay: Type.Number(),
    fullInDays: nullable(Type.Number()),
  }),
  questions: nullable(Figures),
  jobs: Type.Array(JobBody),
  alerts: Type.Array(AlertBody),
  /** Newest first, at most 100. */
  recentAlerts: Type.Array(PastAlertBody),
});
export type OverviewView = Static<typeof Overview>;
