import type { ActionName, ActionResult, ClientRequest, ServerEvent, ServerReply } from '../client-protocol.ts';
import type { Snapshot } from '../client-state.ts';
import { DiscordError } from '../discord-error.ts';
import { visibleCommands } from '../state/commands.ts';
import type { WorldEvent } from '../state/events.ts';
import { randomToken, type World } from '../state/world.ts';
import { performAction } from './actions.ts';
import type { Invoker } from './invoke.ts';
import { toServerEvents } from './notify.ts';
import { canSee, toClientChannel, toClientCommands, toClientGuild, toClientUser } from './views.ts';

/** One person's client: a browser's socket, or a test. */
export interface ClientSession {
  /** Never rejects: a refusal is an answer too. */
  handle(request: ClientRequest): Promise<ServerReply>;
  close(): void;
}

export function createClientSession(world: World, send: (event: ServerEvent) => void): ClientSession {
  const clientId = randomToken(9);
  let invoker: Invoker | null = null;
  const onEvent = (event: WorldEvent): void => {
    if (invoker === null) return;
    for (const told of toServerEvents(world, event, invoker)) send(told);
  };
  const stopListening = world.bus.listen(onEvent);
  return {
    async handle(request) {
      try {
        if (request.action === 'hello') {
          const { persona, locale } = request.args;
          const person = Object.hasOwn(world.personas, persona) ? world.personas[persona] : undefined;
          if (person === undefined || (locale !== 'en' && locale !== 'ja'))
            throw new DiscordError(400, 50035, 'Unknown persona or locale.');
          invoker = { person, locale, clientId };
          return { ref: request.ref, ok: true, result: snapshot(world, invoker) };
        }
        if (invoker === null) throw new DiscordError(400, 0, 'Say hello first.');
        const result: ActionResult<ActionName> = await performAction(world, invoker, request);
        return { ref: request.ref, ok: true, result };
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        return { ref: request.ref, ok: false, error: { code: error.code, message: wordsOf(error) } };
      }
    },
    close: stopListening,
  };
}

function snapshot(world: World, invoker: Invoker): Snapshot {
  return {
    me: toClientUser(invoker.person),
    persona: invoker.person.persona ?? 'member',
    locale: invoker.locale,
    bot: toClientUser(world.bot),
    botOnline: world.botOnline,
    guilds: [...world.guilds.values()].map((guild) => toClientGuild(world, guild, invoker)),
    directCommands: toClientCommands(visibleCommands(world, null, invoker.person.id), invoker.locale),
    channels: [...world.channels.values()]
      .filter((channel) => canSee(world, channel, invoker))
      .map((channel) => toClientChannel(world, channel)),
  };
}

/** A form's mistakes in one line: the person has no use for the nested object. */
function wordsOf(error: DiscordError): string {
  const found = JSON.stringify(error.errors ?? {}).match(/"message":"((?:[^"\\]|\\.)*)"/g) ?? [];
  const details = found.map((one) => (JSON.parse(`{${one}}`) as { message: string }).message);
  return details.length === 0 ? error.message : `${error.message}: ${details.join(' ')}`;
}
