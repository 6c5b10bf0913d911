import type { LiveRequest, Services } from '../../src/discord/command.ts';

/** Does something that concerns everybody's data, and records what came of it, whichever way it ends. */
export async function recorded<Result>(
  request: LiveRequest,
  { audit }: Services,
  { action, backup }: { readonly action: string; readonly backup?: string },
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const attempt = { action, by: request.userId, guild: request.guildId, ...(backup === undefined ? {} : { backup }) };
  try {
    const result = await work();
    audit({ ...attempt, outcome: 'done' });
    return result;
  } catch (error) {
    audit({ ...attempt, outcome: 'refused', detail: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
