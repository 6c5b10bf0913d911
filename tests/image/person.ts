import { once } from 'node:events';
import {
  CLIENT_PATHS,
  type ClientRequest,
  type ServerEvent,
  type ServerFrame,
  type ServerReply,
} from '../../src/playground/client-protocol.ts';
import type { PersonaName, Snapshot } from '../../src/playground/client-state.ts';
import { createTestPerson } from '../support/playground-person.ts';
import type { TestPerson } from '../support/playground-types.ts';

export interface RemotePerson extends Disposable {
  readonly person: TestPerson;
}

/** Somebody before the playground of a bot in another process: over the socket that the web page uses. */
export async function openPerson(origin: string, persona: PersonaName): Promise<RemotePerson> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${CLIENT_PATHS.socket}`);
  const waiting = new Map<number, (reply: ServerReply) => void>();
  let tell: (event: ServerEvent) => void = () => undefined;
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if ('event' in frame) return tell(frame);
    waiting.get(frame.ref)?.(frame);
    waiting.delete(frame.ref);
  });
  await once(socket, 'open');
  const handle = (request: ClientRequest): Promise<ServerReply> =>
    new Promise((resolve) => {
      waiting.set(request.ref, resolve);
      socket.send(JSON.stringify(request));
    });
  const hello = await handle({ ref: 0, action: 'hello', args: { persona, locale: 'en' } });
  if (!hello.ok) throw new Error(hello.error.message);
  const { me, channels } = hello.result as Snapshot;
  const channel = channels.find(({ kind }) => kind === 'text');
  const person = createTestPerson({
    open: (send) => {
      tell = send;
      return { handle, close: () => socket.close() };
    },
    origin,
    persona,
    userId: me.id,
    locale: 'en',
    guildId: channel?.guildId ?? '',
    channelId: channel?.id ?? '',
  });
  return { person, [Symbol.dispose]: () => socket.close() };
}
