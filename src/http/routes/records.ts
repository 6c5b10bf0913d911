import { Type } from 'typebox';
import type { AuditRecord } from '../../health/audit-model.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ApiServer } from '../route-types.ts';
import { BothWords, exactly, iso, isoOrNull, nullable, Time } from '../schemas/common.ts';

const tags = ['records'];

const RecordBody = Type.Object({
  at: Time,
  from: Type.String({ description: '`discord`, `api`, `dashboard`, `cli` or `bot` (by itself)' }),
  action: Type.String(),
  outcome: Type.String({ description: '`asked`, `confirmed`, `cancelled`, `done`, `denied`, `refused` or `failed`' }),
  by: Type.String({
    description: "A person's Discord id, `api:NAME`, `dashboard:NAME`, `cli`, `schedule`, `integrity`, or an address",
  }),
  guild: nullable(Type.String()),
  backup: nullable(Type.String()),
  detail: nullable(Type.String()),
});

const SettingBody = Type.Object({
  name: Type.String(),
  value: nullable(Type.String({ description: 'Secrets are masked: `ghp_…3f9a`' })),
  source: Type.String({ description: '`environment`, `.env`, `railway`, `saved`, `default` or `unset`' }),
  secret: Type.Boolean(),
  group: BothWords,
  about: BothWords,
});

/** What operators can look up: who did what, and how the bot is configured. */
export function recordRoutes(server: ApiServer, { records }: ApiParts): void {
  server.get(
    '/api/audit',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'Who tried what, allowed or refused, newest first',
        querystring: exactly({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
          before: Type.Optional(Type.String({ format: 'date-time', description: '`next` of the page before' })),
        }),
        response: { 200: Type.Object({ records: Type.Array(RecordBody), next: nullable(Time) }) },
      },
    },
    async ({ query: { limit, before } }) => {
      const page = await records.trail.page({ limit, before: before === undefined ? null : Date.parse(before) });
      return { records: page.records.map(recordView), next: isoOrNull(page.next) };
    },
  );

  server.get(
    '/api/settings',
    {
      config: { scope: 'operate' },
      schema: {
        tags,
        summary: 'The whole configuration in force, where each value came from, and what is not set',
        response: { 200: Type.Object({ settings: Type.Array(SettingBody) }) },
      },
    },
    async () => ({ settings: [...records.settings()] }),
  );
}

function recordView({ at, from, action, outcome, by, guild, backup, detail }: AuditRecord) {
  return {
    at: iso(at),
    from,
    action,
    outcome,
    by,
    guild: guild ?? null,
    backup: backup ?? null,
    detail: detail ?? null,
  };
}
