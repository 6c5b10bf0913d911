import type { LiveRequest, Services } from '../../src/discord/command.ts';
import { audited, type AuditEvent } from '../../src/health/audit-model.ts';

/** Does something that concerns everybody's data, and records what came of it, whichever way it ends. */
export function recorded<Result>(
  request: LiveRequest,
  { audit }: Services,
  what: Pick<AuditEvent, 'action' | 'backup' | 'detail'>,
  work: () => Result | Promise<Result>,
  made?: Parameters<typeof audited<Result>>[3],
): Promise<Result> {
  return audited(audit, { ...what, by: request.userId, guild: request.guildId }, work, made);
}
