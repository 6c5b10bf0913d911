import { Type } from 'typebox';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ApiServer } from '../route-types.ts';
import { BackupName, exactly } from '../schemas/common.ts';

/** The archive as it lies on the disk: it holds everything the bot knows, so it takes the scope operate. */
export function downloadRoute(server: ApiServer, { archive, audit }: ApiParts): void {
  server.get(
    '/api/backup/:name/download',
    {
      config: { scope: 'operate' },
      exposeHeadRoute: false, // it would read the whole file to send nothing
      schema: {
        tags: ['backups'],
        summary: 'The archive of a backup; its SHA-256 is in Repr-Digest',
        params: exactly({ name: BackupName }),
        response: {
          200: {
            description: 'A .tar.zst file, or .tar.zst.age where it is encrypted',
            content: { 'application/zstd': { schema: Type.Unsafe<never>({}) } },
          },
        },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const by = requesterOf(callerOf(request)).id;
      const { file, stream } = await audited(audit, { action: 'backups download', by, backup: name }, async () => {
        const found = await archive(name);
        return { file: found, stream: await found.open() };
      });
      reply.type('application/zstd').headers({
        'content-length': file.sizeBytes,
        'content-disposition': `attachment; filename="${file.fileName}"`,
      });
      if (file.sha256 !== null)
        reply.header('repr-digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`);
      return reply.send(stream);
    },
  );
}
