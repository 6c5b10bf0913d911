import { Type } from 'typebox';
import { newestName, newestVerified } from '../../backup/coverage-model.ts';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import { begin, type JobParts, type Report } from '../begin.ts';
import { copiesByBackup } from '../copies.ts';
import type { ApiServer } from '../route-types.ts';
import {
  Backup,
  backupView,
  Cleanup,
  Elsewhere,
  elsewhereView,
  keepsView,
  ListedBackup,
  listedView,
  removalsView,
  Running,
  runningView,
  ScheduleBody,
  scheduleView,
} from '../schemas/backup.ts';
import { BackupName, Bytes, exactly, Flag, nullable, Offset } from '../schemas/common.ts';
import { JobBody, jobView } from '../schemas/job.ts';
import { unlessBusy } from '../unless-busy.ts';

type Parts = ApiParts & JobParts;

const tags = ['backups'];
const MOST_ELSEWHERE = 1000;
const Named = exactly({ name: BackupName });

/** What there is, and making, checking and clearing it. */
export function backupRoutes(server: ApiServer, parts: Parts): void {
  const { backups, audit } = parts;

  server.get(
    '/api/backup/history',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary:
          'Every backup by date, the latest first, damaged ones included; apart from them, what only vaults still have',
        querystring: exactly({
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
          offset: Offset,
        }),
        response: {
          200: Type.Object({
            total: Type.Integer(),
            backups: Type.Array(ListedBackup),
            elsewhere: Type.Array(Elsewhere),
          }),
        },
      },
    },
    async ({ query: { limit, offset } }) => {
      const [entries, copies, elsewhere] = await Promise.all([
        backups().list(),
        parts.copies().then(copiesByBackup),
        parts.offSite().elsewhere(),
      ]);
      const newest = newestName(entries, elsewhere);
      const page = entries.slice(offset, offset + limit);
      return {
        total: entries.length,
        backups: page.map((entry) => listedView(entry, copies(entry.name), newest)),
        elsewhere: elsewhere.slice(0, MOST_ELSEWHERE).map((remote) => elsewhereView(remote, remote.name === newest)),
      };
    },
  );

  server.get(
    '/api/backup/status',
    {
      config: { scope: 'read' },
      schema: {
        tags,
        summary: 'What runs now, the newest backups and the schedule',
        description:
          '`newest` is the one with the latest date, whatever it is. `newestVerified` is the one that would be restored: by timeline and position, not by date.',
        response: {
          200: Type.Object({
            running: nullable(Running),
            job: nullable(JobBody),
            newest: nullable(Backup),
            newestVerified: nullable(Backup),
            newestDrilled: nullable(Backup),
            backups: Type.Integer(),
            usedBytes: Bytes,
            freeBytes: Bytes,
            schedule: nullable(ScheduleBody),
          }),
        },
      },
    },
    async () => {
      const entries = await backups().list();
      const { usedBytes, freeBytes } = await backups().space();
      const good = entries.filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
      const newest = newestVerified(entries);
      const drilled = good.find(({ sidecar }) => sidecar?.drilled?.ok === true);
      const job = parts.jobs.running();
      return {
        running: runningView(backups().running()),
        job: job === null ? null : jobView(job),
        newest: entries[0] === undefined ? null : backupView(entries[0]),
        newestVerified: newest === null ? null : backupView(newest),
        newestDrilled: drilled === undefined ? null : backupView(drilled),
        backups: entries.length,
        usedBytes,
        freeBytes,
        schedule: await unlessBusy(() => scheduleView(parts.schedule().current()), null),
      };
    },
  );

  server.post(
    '/api/backup/create',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Back up everything now',
        description: 'The same `Idempotency-Key` again means the same job. 409 while another job runs.',
        body: nullable(exactly({ reason: Type.Optional(nullable(Type.String({ maxLength: 200 }))) })),
        response: { 202: JobBody },
      },
    },
    async (request, reply) => {
      const by = requesterOf(callerOf(request));
      const reason = request.body?.reason?.trim() || null;
      const work = async (onProgress: Report) => {
        const { entry, retention } = await backups().create({ kind: 'manual', reason, by }, { onProgress });
        return { backup: backupView(entry), removed: removalsView(retention.removed) };
      };
      const job = { kind: 'backup', backup: null, action: 'backup', work } as const;
      return reply.send(await begin(request, reply, parts, job));
    },
  );

  server.post(
    '/api/backup/verify',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary:
          'Read every byte of a backup back; with `drill`, restore it into a scratch folder and ask it a question',
        body: exactly({ name: BackupName, drill: Type.Optional(Flag()) }),
        response: { 202: JobBody },
      },
    },
    async (request, reply) => {
      const { name, drill = false } = request.body;
      const by = requesterOf(callerOf(request));
      const kind = drill ? 'drill' : 'verify';
      const admit = () => backups().show(name);
      const work = async (onProgress: Report) => ({
        backup: backupView(await backups().verify(name, { drill, by, onProgress })),
      });
      return reply.send(
        await begin(request, reply, parts, { kind, backup: name, action: `backups ${kind}`, admit, work }),
      );
    },
  );

  server.post(
    '/api/backup/cleanup',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Remove what the rules of retention do not keep; with `dryRun`, only say what that is',
        body: exactly({ dryRun: Flag() }),
        response: { 200: Cleanup },
      },
    },
    async (request) => {
      const { dryRun } = request.body;
      const by = requesterOf(callerOf(request));
      const clean = () => backups().cleanup({ dryRun, by });
      const plan = await (dryRun ? clean() : audited(audit, { action: 'backups cleanup', by: by.id }, clean));
      return { dryRun, removed: removalsView(plan.removed), kept: keepsView(plan.kept) };
    },
  );

  server.get(
    '/api/backup/:name',
    {
      config: { scope: 'read' },
      schema: { tags, summary: 'One backup', params: Named, response: { 200: Backup } },
    },
    async ({ params: { name } }) => {
      const copies = copiesByBackup(await parts.copies());
      return backupView(await backups().show(name), copies(name));
    },
  );

  server.delete(
    '/api/backup/:name',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Delete a backup from this machine; not a pinned one, nor the last verified one',
        params: Named,
        response: { 200: Backup },
      },
    },
    async (request) => {
      const { name } = request.params;
      const by = requesterOf(callerOf(request));
      const remove = () => backups().delete(name, by);
      return backupView(await audited(audit, { action: 'backups delete', by: by.id, backup: name }, remove));
    },
  );

  for (const [verb, pinned] of [
    ['pin', true],
    ['unpin', false],
  ] as const) {
    server.post(
      `/api/backup/:name/${verb}`,
      {
        config: { scope: 'operate' },
        schema: {
          tags,
          summary: pinned ? 'Keep a backup whatever the rules' : 'Leave a backup to the rules again',
          params: Named,
          response: { 200: Backup },
        },
      },
      async (request) => {
        const { name } = request.params;
        const by = requesterOf(callerOf(request));
        const pin = () => backups().pin(name, pinned, by);
        return backupView(await audited(audit, { action: `backups ${verb}`, by: by.id, backup: name }, pin));
      },
    );
  }
}
