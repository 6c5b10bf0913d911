import { Type } from 'typebox';
import { AppError } from '../../errors.ts';
import type { ApiServer } from '../route-types.ts';
import { exactly } from '../schemas/common.ts';
import { PAGE_POLICY } from '../security.ts';
import { dashboardFiles } from './files.ts';

/**
 * The dashboard's page at `/dashboard`, and at `/` where nothing else is there. Open to all, for it holds nothing: what
 * it shows it asks the API for, with a log-in.
 */
export function dashboardPages(server: ApiServer, { ownsRoot }: { readonly ownsRoot: boolean }): void {
  const hidden = { config: { scope: 'anyone' }, schema: { hide: true } } as const;

  for (const path of ownsRoot ? ['/', '/dashboard'] : ['/dashboard'])
    server.get(path, hidden, async (_request, reply) => {
      const { page } = await dashboardFiles();
      return reply
        .header('content-security-policy', PAGE_POLICY)
        .type('text/html; charset=utf-8')
        .send(page.replace('{home}', ownsRoot ? '' : 'playground'));
    });

  server.get(
    '/dashboard/:version/*',
    { ...hidden, schema: { hide: true, params: exactly({ version: Type.String(), '*': Type.String() }) } },
    async ({ params, headers }, reply) => {
      const { version, files: all } = await dashboardFiles();
      const file = params.version === version ? all.get(params['*']) : undefined;
      if (file === undefined) throw new AppError('not_found', 'There is no such file. Load the page again.');
      void reply
        .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
        .type(file.type);
      if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(file.bytes);
      return reply.header('content-encoding', 'gzip').send(file.zipped);
    },
  );
}
