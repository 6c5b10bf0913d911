import {
  InteractionResponseType,
  MessageFlags,
  Routes,
  type APIModalInteractionResponseCallbackData,
  type RESTPostAPIInteractionCallbackWithResponseResult,
} from 'discord-api-types/v10';
import type { REST } from 'discord.js';
import { createChannelQueue, type Urgency } from './channel-queue.ts';
import { isGone } from './failures.ts';
import type { Choice, ReplyKind, View } from './request.ts';
import { cut, MESSAGE_LIMIT } from './writing.ts';

/** The way back to whoever used a command or a button. */
export interface InteractionKey {
  readonly id: string;
  readonly token: string;
  readonly applicationId: string;
}

/** Where a reply lives: its first message is edited, further ones follow. All return the message's id. */
export interface Place {
  /** The first message's id, where it is known beforehand. */
  readonly messageId: string | null;
  edit(view: View): Promise<string>;
  send(view: View): Promise<string>;
  /** Says it in a new message of the channel, naming whom it is for: when the reply itself cannot be changed. */
  instead(view: View): Promise<string>;
  /** Tells the person alone and takes a reply that others see away; where nobody can be told alone, it is changed. */
  withdraw(view: View): Promise<string>;
  /** True where one person alone reads the reply, so that only what everybody may read can be said `instead`. */
  readonly isPrivate: boolean;
}

/** Everything that the bot says goes out here, so that nothing it says pings anyone or unfolds previews. */
export function createOutbox(
  rest: Pick<REST, 'post' | 'patch'>,
  interactions: Pick<REST, 'post' | 'patch' | 'delete'>,
) {
  const inTurn = createChannelQueue();

  function body(view: View, flags: number = 0) {
    return {
      // Discord would refuse the whole; whoever writes long texts splits them before.
      content: cut(view.content, MESSAGE_LIMIT),
      components: view.components ?? [],
      allowed_mentions: { parse: [], replied_user: false },
      flags: flags | MessageFlags.SuppressEmbeds,
    };
  }

  async function callback(
    key: InteractionKey,
    type: InteractionResponseType,
    data?: unknown,
    files: View['files'] = [],
  ): Promise<unknown> {
    return interactions.post(Routes.interactionCallback(key.id, key.token), {
      body: data === undefined ? { type } : { type, data },
      files: rawFiles(files),
      query: new URLSearchParams({ with_response: 'true' }),
      auth: false,
    });
  }

  const post = (channelId: string, view: View, more: object, urgency: Urgency = 'answer'): Promise<string> =>
    inTurn(channelId, urgency, async () =>
      idOf(await rest.post(Routes.channelMessages(channelId), { body: { ...body(view), ...more } })),
    );

  return {
    /** Tells Discord that an answer will come. Returns the id of the reply's message where Discord says it. */
    async acknowledge(key: InteractionKey, kind: ReplyKind): Promise<string | null> {
      if (kind === 'update') {
        await callback(key, InteractionResponseType.DeferredMessageUpdate);
        return null;
      }
      const answer = (await callback(key, InteractionResponseType.DeferredChannelMessageWithSource, {
        flags: kind === 'private' ? MessageFlags.Ephemeral : 0,
      })) as Partial<RESTPostAPIInteractionCallbackWithResponseResult> | null;
      return answer?.interaction?.response_message_id ?? null;
    },

    /** A whole answer at once, for the person alone. */
    async tell(key: InteractionKey, view: View): Promise<void> {
      const data = body(view, MessageFlags.Ephemeral);
      await callback(key, InteractionResponseType.ChannelMessageWithSource, data, view.files);
    },

    async openModal(key: InteractionKey, modal: APIModalInteractionResponseCallbackData): Promise<void> {
      await callback(key, InteractionResponseType.Modal, modal);
    },

    async suggest(key: InteractionKey, choices: readonly Choice[]): Promise<void> {
      await callback(key, InteractionResponseType.ApplicationCommandAutocompleteResult, { choices });
    },

    /** The reply to an acknowledged interaction; Discord accepts changes to it for 15 minutes. */
    interactionReply(
      key: Pick<InteractionKey, 'applicationId' | 'token'>,
      kind: ReplyKind,
      messageId: string | null,
    ): Pick<Place, 'messageId' | 'edit' | 'send' | 'withdraw'> {
      const original = Routes.webhookMessage(key.applicationId, key.token, '@original');
      const followUp = async (view: View, flags: number): Promise<string> =>
        idOf(
          await interactions.post(Routes.webhook(key.applicationId, key.token), {
            body: body(view, flags),
            files: rawFiles(view.files),
            query: new URLSearchParams({ wait: 'true' }),
            auth: false,
          }),
        );
      return {
        messageId,
        edit: async (view) =>
          idOf(await interactions.patch(original, { body: body(view), files: rawFiles(view.files), auth: false })),
        send: (view) => followUp(view, kind === 'public' ? 0 : MessageFlags.Ephemeral),
        async withdraw(view) {
          // Who reads a reply is fixed by its acknowledgement, also for a message that follows while it is "thinking".
          await interactions.delete(original, { auth: false }).catch((error: unknown) => {
            if (!isGone(error)) throw error; // taken away at an earlier attempt, or by a moderator
          });
          return followUp(view, MessageFlags.Ephemeral);
        },
      };
    },

    /** A message of ours in a channel. */
    channelMessage(channelId: string, messageId: string): Pick<Place, 'messageId' | 'edit' | 'send'> {
      return {
        messageId,
        edit: async (view) => idOf(await rest.patch(Routes.channelMessage(channelId, messageId), { body: body(view) })),
        send: (view) => post(channelId, view, {}),
      };
    },

    /** A new message in a channel. */
    say: (channelId: string, view: View): Promise<string> => post(channelId, view, {}),

    /** Replies to somebody's message. When that is deleted in the meantime, Discord refuses. */
    replyTo(channelId: string, messageId: string, view: View, urgency: Urgency = 'answer'): Promise<string> {
      const reference = { message_reference: { message_id: messageId, fail_if_not_exists: true } };
      return post(channelId, view, reference, urgency);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

function rawFiles(files: View['files'] = []) {
  return files.map(({ name, content }) => ({ name, data: Buffer.from(content) }));
}

function idOf(message: unknown): string {
  return (message as { id: string }).id;
}
