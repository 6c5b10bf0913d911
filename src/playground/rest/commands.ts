import { checkCommand, checkCommands } from '../limits/commands.ts';
import { isObject, type Json } from '../limits/form.ts';
import { discordError } from '../discord-error.ts';
import { guildOfBot } from '../state/access.ts';
import { commandById, commandsOf, deleteCommand, patchCommand, putCommands, toApiCommand } from '../state/commands.ts';
import type { World } from '../state/world.ts';
import type { RestCall, RestRoute } from './router.ts';

/** Application commands: global, and the same again for one guild. */
export function commandRoutes(world: World): RestRoute[] {
  return ['/applications/:application_id', '/applications/:application_id/guilds/:guild_id'].flatMap((base) =>
    routesUnder(world, base),
  );
}

function routesUnder(world: World, base: string): RestRoute[] {
  const scope = ({ params }: RestCall): string | null => {
    if (params['application_id'] !== world.applicationId) throw discordError('unknownApplication');
    const guildId = params['guild_id'];
    return guildId === undefined ? null : guildOfBot(world, guildId).id;
  };
  const one = `${base}/commands/:command_id`;
  const idOf = ({ params }: RestCall): string => params['command_id'] ?? '';
  return [
    {
      method: 'GET',
      path: `${base}/commands`,
      run: (call) => ({
        status: 200,
        body: commandsOf(world, scope(call)).map((command) => toApiCommand(world, command)),
      }),
    },
    {
      method: 'PUT',
      path: `${base}/commands`,
      run(call) {
        const commands = putCommands(world, scope(call), checkCommands(call.body), true);
        return { status: 200, body: commands.map((command) => toApiCommand(world, command)) };
      },
    },
    {
      method: 'POST',
      path: `${base}/commands`,
      run(call) {
        checkCommand(call.body);
        const guildId = scope(call);
        const before = commandsOf(world, guildId).length;
        const made = putCommands(world, guildId, [call.body as Json], false);
        const isNew = commandsOf(world, guildId).length > before;
        return { status: isNew ? 201 : 200, body: made.map((command) => toApiCommand(world, command))[0] };
      },
    },
    {
      method: 'GET',
      path: one,
      run: (call) => ({ status: 200, body: toApiCommand(world, commandById(world, scope(call), idOf(call))) }),
    },
    {
      method: 'PATCH',
      path: one,
      run(call) {
        const before = toApiCommand(world, commandById(world, scope(call), idOf(call)));
        const change = isObject(call.body) ? call.body : {};
        checkCommand({ ...before, ...change });
        return { status: 200, body: toApiCommand(world, patchCommand(world, scope(call), idOf(call), change)) };
      },
    },
    {
      method: 'DELETE',
      path: one,
      run(call) {
        deleteCommand(world, scope(call), idOf(call));
        return { status: 204 };
      },
    },
  ];
}
