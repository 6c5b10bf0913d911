import { Type } from 'typebox';
import { audited } from '../../health/audit-model.ts';
import { callerOf, requesterOf } from '../auth.ts';
import type { ApiParts } from '../api-parts.ts';
import type { ApiServer } from '../route-types.ts';
import { iso, Time } from '../schemas/common.ts';

/** For whoever knows that the machine's clock is right while the bot does not. */
export function clockRoutes(server: ApiServer, { trustedClock, audit, clock }: ApiParts): void {
  server.post(
    '/api/clock/confirm',
    {
      config: { scope: 'operate' },
      schema: {
        tags: ['clock'],
        summary: "Say that the machine's clock is right, so that what is old may be deleted again",
        response: { 200: Type.Object({ now: Time }) },
      },
    },
    async (request) => {
      await audited(audit, { action: 'clock confirm', by: requesterOf(callerOf(request)).id }, () =>
        trustedClock.confirm(),
      );
      return { now: iso(clock()) };
    },
  );
}
