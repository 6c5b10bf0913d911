import { Type } from 'typebox';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import { begin, repeats, type JobParts, type Report } from '../begin.ts';
import { createConfirmations } from '../confirmations.ts';
import { otherJob } from '../problem.ts';
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
      // Each unpacks a database beside the live one.
      if (previewing) throw otherJob(previewBusy, {});
      previewing = true;
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      try {
        const preview = await backups().preview(name, { signal: gone.signal });
        const { confirm, until } = confirmations.issue(caller.name, name);
        audit({ action: 'restore', outcome: 'asked', by: requesterOf(caller).id, backup: name });
        return { ...previewView(preview), confirm, confirmUntil: iso(until) };
      } finally {
        previewing = false;
      }
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
      const attempt = { action: 'restore', by: by.id, backup: name };
      const job = {
        kind: 'restore',
        backup: name,
        work: (onProgress: Report) =>
          audited(audit, attempt, async () => {
            const { entry, safety, ...figures } = await backups().restore(name, by, { onProgress });
            return { backup: backupView(entry), safety: backupView(safety), ...figures };
          }),
      } as const;
      if (!repeats(request, parts)) {
        try {
          confirmations.redeem(confirm, caller.name, name);
        } catch (error) {
          audit({ ...attempt, outcome: 'refused', detail: 'without a confirmation that is good' });
          throw error;
        }
        audit({ ...attempt, outcome: 'confirmed' });
      }
      return reply.send(begin(request, reply, parts, job));
    },
  );
}
