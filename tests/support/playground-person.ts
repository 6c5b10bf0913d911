import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type {
  ActionArgs,
  ActionName,
  ActionResult,
  ClientRequest,
  ServerEvent,
} from '../../src/playground/client-protocol.ts';
import type { UploadResult } from '../../src/playground/client-protocol.ts';
import type {
  ClientInteraction,
  ClientLocale,
  ClientMessage,
  ClientModal,
  PersonaName,
} from '../../src/playground/client-state.ts';
import type { ClientSession } from '../../src/playground/client/session.ts';
import type { TestInteraction, TestModal, TestPerson } from './playground-types.ts';

export interface TestPersonOptions {
  readonly open: (send: (event: ServerEvent) => void) => ClientSession;
  readonly origin: string;
  readonly persona: PersonaName;
  readonly userId: string;
  readonly locale: ClientLocale;
  readonly guildId: string;
  readonly channelId: string;
}

const WAIT_MS = 30_000;

export function createTestPerson(options: TestPersonOptions): TestPerson {
  const { persona, locale, guildId, channelId: homeChannel, origin } = options;
  const messages = new Map<string, ClientMessage>();
  const interactions = new Map<string, ClientInteraction>();
  const modals = new Map<string, ClientModal>();
  const watchers = new Set<() => void>();
  let ref = 0;

  const session = options.open((event) => {
    if (event.event === 'messageCreated' || event.event === 'messageUpdated')
      messages.set(event.message.id, event.message);
    else if (event.event === 'messageDeleted') messages.delete(event.messageId);
    else if (event.event === 'interaction') interactions.set(event.interaction.id, event.interaction);
    else if (event.event === 'modal') modals.set(event.modal.interactionId, event.modal);
    for (const look of watchers) look();
  });
  const request = async <A extends ActionName>(action: A, args: ActionArgs<A>): Promise<ActionResult<A>> => {
    ref += 1;
    const reply = await session.handle(clientRequest(ref, action, args));
    if (reply.ok) return reply.result;
    throw Object.assign(new Error(`${persona} cannot ${action}: ${reply.error.message}`), { code: reply.error.code });
  };
  const ready = request('hello', { persona, locale });
  const act = async <A extends ActionName>(action: A, args: ActionArgs<A>): Promise<ActionResult<A>> => {
    await ready;
    return request(action, args);
  };

  /** Resolves with what `look` finds, now or after an event; `look` throws to give up. */
  const wait = <T>(what: string, look: () => T | undefined, timeoutMs = WAIT_MS): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const attempt = (): void => {
      try {
        const found = look();
        if (found !== undefined) resolve(found);
      } catch (error) {
        reject(error);
      }
    };
    const seen = (): string =>
      JSON.stringify([[...interactions.values()].slice(-2), [...messages.values()].slice(-3)], null, 1);
    const timer = setTimeout(
      () => reject(new Error(`${what}: not within ${timeoutMs} ms. Last seen: ${seen()}`)),
      timeoutMs,
    );
    watchers.add(attempt);
    attempt();
    return promise.finally(() => {
      clearTimeout(timer);
      watchers.delete(attempt);
    });
  };

  const follow = ({ interactionId: id }: { readonly interactionId: string }): TestInteraction => {
    const settled = (): ClientInteraction | undefined => {
      const interaction = interactions.get(id);
      return interaction === undefined || interaction.state === 'sent' ? undefined : interaction;
    };
    const answered = (): ClientInteraction | undefined => {
      const interaction = settled();
      if (interaction?.state === 'failed') throw new Error(interaction.failure ?? 'failed');
      return interaction;
    };
    return {
      id,
      acknowledged: () =>
        wait('An acknowledgement', () => {
          const interaction = answered();
          return interaction === undefined
            ? undefined
            : { ...interaction, acknowledgedAfterMs: interaction.acknowledgedAfterMs ?? 0 };
        }),
      failed: () =>
        wait('A failure', () => {
          const interaction = settled();
          if (interaction?.state === 'acknowledged') throw new Error('It was acknowledged.');
          return interaction;
        }),
      reply: (until = (message) => !message.thinking, timeoutMs) =>
        wait(
          'A reply',
          () => {
            const message = messages.get(answered()?.replyId ?? '');
            return message !== undefined && until(message) ? message : undefined;
          },
          timeoutMs,
        ),
      followUp: (until = () => true, timeoutMs) =>
        wait(
          'A follow-up',
          () => {
            const replyId = answered()?.replyId;
            return [...messages.values()].find((one) => one.interaction?.id === id && one.id !== replyId && until(one));
          },
          timeoutMs,
        ),
      async refusal() {
        const its = () => [...messages.values()].filter((one) => one.interaction?.id === id);
        const told = await wait('A refusal', () => {
          answered();
          return its().find(({ ephemeral, thinking }) => ephemeral && !thinking);
        });
        assert.deepEqual(
          its().filter(({ ephemeral }) => !ephemeral),
          [],
          'others see nothing of it',
        );
        return told;
      },
      modal: (timeoutMs) =>
        wait('A modal', () => (answered() === undefined ? undefined : modals.get(id)), timeoutMs).then(toModal),
    };
  };
  const toModal = (data: ClientModal): TestModal => ({
    data,
    submit: async (values) => follow(await act('submitModal', { modalId: data.id, values })),
    close: async () => void (await act('closeModal', { modalId: data.id })),
  });
  const load = async (channelId: string): Promise<readonly ClientMessage[]> => {
    const { messages: found } = await act('history', { channelId, limit: 500 });
    for (const message of found)
      if (!isDeepStrictEqual(messages.get(message.id), message)) messages.set(message.id, message);
    return found;
  };
  const say: TestPerson['say'] = async (content, more = {}) => {
    const { messageId } = await act('say', { channelId: homeChannel, content, ...more });
    return wait('The message just said', () => messages.get(messageId));
  };
  const place = ({ channelId, id }: ClientMessage) => ({ channelId, messageId: id });

  return {
    userId: options.userId,
    snapshot: () => act('hello', { persona, locale }),
    async commandNames(inGuild = guildId) {
      const { guilds } = await act('hello', { persona, locale });
      return guilds.find(({ id }) => id === inGuild)?.commands.map(({ name }) => name) ?? [];
    },
    command: async (name, values = {}, channelId = homeChannel) =>
      follow(await act('command', { channelId, name, options: values })),
    contextMenu: async (name, targetId, channelId = homeChannel) =>
      follow(await act('contextMenu', { channelId, name, targetId })),
    async autocomplete(name, values, focused, channelId = homeChannel) {
      return (await act('autocomplete', { channelId, name, options: values, focused })).choices;
    },
    async upload(filename, content, contentType = 'text/plain') {
      const form = new FormData();
      form.set(
        'file',
        new Blob([typeof content === 'string' ? content : Buffer.from(content)], { type: contentType }),
        filename,
      );
      const response = await fetch(`${origin}/playground/uploads`, { method: 'POST', body: form });
      if (!response.ok) throw new Error(`Upload refused: ${response.status} ${await response.text()}`);
      return ((await response.json()) as UploadResult).uploadId;
    },
    async click(message, customIdOrLabel) {
      const customId = customIdOf(message, customIdOrLabel);
      return follow(await act('click', { ...place(message), customId }));
    },
    select: async (message, customId, values) => follow(await act('select', { ...place(message), customId, values })),
    say,
    replyTo: (message, content) => say(content, { channelId: message.channelId, replyTo: message.id }),
    async createThread(name, { channelId = homeChannel, ...more } = {}) {
      return (await act('createThread', { channelId, name, ...more })).channelId;
    },
    openDm: async () => (await act('openDm', null)).channelId,
    deleteMessage: async (message) => void (await act('deleteMessage', place(message))),
    dismiss: async (message) => void (await act('dismiss', place(message))),
    messages: (channelId = homeChannel) => load(channelId),
    async waitForMessage(until, { channelId = homeChannel, timeoutMs } = {}) {
      await load(channelId);
      const find = (): ClientMessage | undefined =>
        [...messages.values()].find((one) => one.channelId === channelId && until(one));
      return wait('A message', find, timeoutMs);
    },
  };
}

/** The types cannot follow that `args` belongs to `action`; this function's own parameters say it. */
function clientRequest<A extends ActionName>(ref: number, action: A, args: ActionArgs<A>): ClientRequest {
  const request: unknown = { ref, action, args };
  return request as ClientRequest;
}

/** The custom id of a component, or of the button with that label. */
function customIdOf(message: ClientMessage, idOrLabel: string): string {
  for (const row of message.components) {
    const children = 'components' in row ? (row.components as readonly { custom_id?: string; label?: string }[]) : [];
    const found =
      children.find((one) => one.custom_id === idOrLabel) ?? children.find((one) => one.label === idOrLabel);
    if (found?.custom_id !== undefined) return found.custom_id;
  }
  return idOrLabel;
}
