import { readFile } from 'node:fs/promises';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { AppError } from '../errors.ts';
import { plainJson, plainText } from '../plain-text.ts';
import type { ApiParts } from './api-parts.ts';
import { ADDRESSES_REMEMBERED, createAuth } from './auth.ts';
import { dashboardPages } from './dashboard/pages.ts';
import { docsPage } from './docs-page.ts';
import { createEvents } from './events.ts';
import { createJobs } from './jobs.ts';
import { readPlainJson } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import type { ApiServer } from './route-types.ts';
import { backupRoutes } from './routes/backups.ts';
import { clockRoutes } from './routes/clock.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { downloadRoute } from './routes/download.ts';
import { jobRoutes } from './routes/jobs.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { metricsRoute } from './routes/metrics.ts';
import { offSiteRoutes } from './routes/off-site.ts';
import { questionRoutes } from './routes/questions.ts';
import { integrityRoutes } from './routes/integrity.ts';
import { recordRoutes } from './routes/records.ts';
import { restoreRoutes } from './routes/restore.ts';
import { scheduleRoutes } from './routes/schedule.ts';
import { sessionRoutes } from './routes/session.ts';
import type { JobResultView } from './schemas/job.ts';
import { exactly, problemResponse } from './schemas/common.ts';
import { PAGE_POLICY } from './security.ts';
import { createSessions } from './sessions.ts';
import { createTokens } from './tokens.ts';
import { requireAsWritten } from './validation.ts';

const BODY_BYTES = 64 * 1024;
const STYLE = new URL('docs-page.css', import.meta.url);

/** The REST API; without a token there is none of it. */
export function createApi(parts: ApiParts, metrics: Metrics): FastifyPluginAsync {
  return async (plain) => {
    if (parts.tokens.length === 0) return;
    const server = plain as unknown as ApiServer;
    server.decorateRequest('caller', null);
    server.decorateRequest('isStillIn', null);
    server.addHook('onRoute', (route) => {
      const scope = route.config?.scope;
      if (scope === undefined) throw new AppError('internal', `${route.url} does not say who may call it.`);
      route.bodyLimit ??= BODY_BYTES;
      if (route.schema?.tags !== undefined) route.schema.querystring ??= exactly({});
      route.schema = {
        ...route.schema,
        ...(scope === 'anyone' ? { security: [] } : { description: describe(scope, route.schema?.description) }),
        response: {
          ...(route.schema?.response as object | undefined),
          '4xx': problemResponse('Refused'),
          '5xx': problemResponse('Busy, full, down or a defect'),
        },
      };
    });
    readPlainJson(plain);
    server.addHook('preValidation', requireAsWritten);
    await server.register(cookie);
    await server.register(rateLimit, { global: false, cache: ADDRESSES_REMEMBERED });
    await server.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'NescordBot', version: parts.health.status().version, description: ABOUT },
        components: {
          securitySchemes: {
            token: { type: 'http', scheme: 'bearer', description: 'One of API_TOKEN and API_TOKENS' },
            session: { type: 'apiKey', in: 'cookie', name: 'nescordbot_session', description: 'For our own page' },
          },
        },
        security: [{ token: [] }, { session: [] }],
      },
    });

    const sessions = createSessions(parts);
    const auth = createAuth(server, { ...parts, findToken: createTokens(parts.tokens), sessions });
    server.addHook('onRequest', auth.onRequest);
    // Texts of people are in it: nothing in them is to steer how a page or a terminal shows the rest.
    server.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' ? plainJson(payload) : payload,
    );
    const working = { ...parts, jobs: createJobs<JobResultView>(parts) };
    const events = createEvents(working);
    server.addHook('preClose', async () => events.close());

    sessionRoutes(server, parts, { auth, sessions });
    backupRoutes(server, working);
    offSiteRoutes(server, working);
    restoreRoutes(server, working);
    downloadRoute(server, parts);
    scheduleRoutes(server, parts);
    knowledgeRoutes(server, parts);
    questionRoutes(server, parts);
    jobRoutes(server, working);
    recordRoutes(server, parts);
    integrityRoutes(server, working);
    clockRoutes(server, parts);
    dashboardRoutes(server, working, events);
    metricsRoute(server, metrics);
    await documentRoutes(server);
    dashboardPages(server, parts);
  };
}

/** The document and its page are open to all: they say nothing of this bot but its version. */
async function documentRoutes(server: ApiServer): Promise<void> {
  const style = await readFile(STYLE, 'utf8');
  const hidden = { config: { scope: 'anyone' }, schema: { hide: true } } as const;
  // Written once, and the same bytes for all who ask: anybody may, as often as they like.
  let known: { readonly json: Buffer; readonly page: Buffer } | null = null;
  const written = () =>
    (known ??= {
      json: Buffer.from(plainJson(JSON.stringify(server.swagger()))),
      page: Buffer.from(plainText(docsPage(server.swagger()))),
    });
  server.get('/api/openapi.json', hidden, async (_request, reply) =>
    reply.type('application/json').send(written().json),
  );
  server.get('/api/docs', hidden, async (_request, reply) =>
    reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(written().page),
  );
  server.get('/api/docs.css', hidden, async (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
}

const ABOUT =
  'Backups and knowledge of the bot. Errors are RFC 9457 problem documents; long work answers 202 with a job to follow.';

const describe = (scope: string, description: string | undefined): string =>
  `${description === undefined ? '' : `${description} `}Scope: ${scope}.`;
