import { Type } from 'typebox';
import type { RestorePreview } from '../../backup/api.ts';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import { begin, repeats, type JobParts, type Report } from '../begin.ts';
import { createConfirmations } from '../confirmations.ts';
import { damagedBackup, otherJob } from '../problem.ts';
import type { ApiServer } from '../route-types.ts';
import { backupView, Preview, previewView } from '../schemas/backup.ts';
import { BackupName, exactly, iso } from '../schemas/common.ts';
import { JobBody } from '../schemas/job.ts';

const tags = ['restore'];

const previewBusy = {
  en: 'Another preview is being made. Try again in a moment.',
  ja: '別のプレビューを作成中です。少し待ってからもう一度お試しください。',
};

/** Going back: first what would change, then, with the word given out there, doing it. */
export function restoreRoutes(server: ApiServer, parts: ApiParts & JobParts): void {
  const { backups, audit } = parts;
  const confirmations = createConfirmations(parts);
  let previewing = false;

  /** One at a time: each unpacks a database beside the live one. */
  async function previewOf(name: string, signal: AbortSignal): Promise<RestorePreview> {
    if (previewing) throw otherJob(previewBusy, {});
    previewing = true;
    try {
      return await backups().preview(name, { signal });
    } catch (error) {
      throw damagedBackup(error);
    } finally {
      previewing = false;
    }
  }

  server.post(
    '/api/backup/:name/preview',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'What a restore would change; nothing is changed yet',
        params: exactly({ name: BackupName }),
        response: { 200: Preview },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const caller = callerOf(request);
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      const preview = await audited(
        audit,
        { action: 'restore', by: requesterOf(caller).id, backup: name },
        () => previewOf(name, gone.signal),
        () => ({ outcome: 'asked' }),
      );
      const { confirm, until } = confirmations.issue(caller.name, name);
      return { ...previewView(preview), confirm, confirmUntil: iso(until) };
    },
  );

  server.post(
    '/api/backup/restore',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Go back to a backup; what is there now is saved first',
        description: 'Meanwhile the API stays up, and what needs the knowledge base answers 503 `busy`.',
        body: exactly({ name: BackupName, confirm: Type.String({ maxLength: 100, description: 'From the preview' }) }),
        response: { 202: JobBody },
      },
    },
    async (request, reply) => {
      const { name, confirm } = request.body;
      const caller = callerOf(request);
      const by = requesterOf(caller);
      const work = async (onProgress: Report) => {
        const restored = await backups()
          .restore(name, by, { onProgress })
          .catch((error: unknown) => Promise.reject(damagedBackup(error)));
        const { entry, safety, ...figures } = restored;
        return { backup: backupView(entry), safety: backupView(safety), ...figures };
      };
      if (!repeats(request, parts)) {
        await audited(
          audit,
          { action: 'restore', by: by.id, backup: name },
          () => confirmations.redeem(confirm, caller.name, name),
          () => ({ outcome: 'confirmed' }),
        );
      }
      const job = { kind: 'restore', backup: name, action: 'restore', work } as const;
      return reply.send(await begin(request, reply, parts, job));
    },
  );
}
