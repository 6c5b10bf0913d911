import type { Log } from '../log.ts';
import { allows } from './access.ts';
import type { Allowance } from './allowance.ts';
import type { Action, Command, Services } from './command.ts';
import type { Choice, LiveRequest, ReplyKind, View } from './request.ts';
import { isGone } from './failures.ts';
import type { Incoming } from './interaction.ts';
import { lastingPlace } from './lasting-place.ts';
import type { Line } from './line.ts';
import type { Outbox } from './outbox.ts';
import { TOKEN_LIFE_MS, type ReplyAddress } from './reply-address.ts';
import { deniedView, unknownView } from './refusals.ts';
import type { Priority } from './priority.ts';
import type { Trouble } from './trouble.ts';
import { withTyped } from './typed.ts';
import type { Work } from './work.ts';

export interface DispatchParts {
  readonly services: Services;
  readonly outbox: Outbox;
  readonly allowance: Allowance;
  readonly line: Line;
  readonly work: Work;
  readonly priority: Priority;
  readonly trouble: Trouble;
  readonly log: Log;
}

interface Found {
  readonly command: Command;
  readonly action: Action | null;
}

/**
 * Takes each interaction to its command. It owns what commands must not care about: access, limits, the
 * acknowledgement in time, the line, and words for every failure.
 */
export function createDispatch({ services, outbox, allowance, line, work, priority, trouble, log }: DispatchParts) {
  return async function dispatch(incoming: Incoming): Promise<void> {
    const { request } = incoming;
    const where = { command: incoming.command, action: incoming.action, guild: request.guildId, user: request.userId };
    try {
      const found = find(incoming);
      if (incoming.kind === 'suggest') return await suggest(incoming, found);
      if (found === null) return await tell(incoming, unknownView(request.locale));
      const needed = found.action?.access ?? found.command.access;
      if (!allows(request.level, needed)) {
        if (needed === 'operator') services.audit({ ...whatWasTried(incoming), outcome: 'denied' });
        return await tell(incoming, deniedView(request.locale, needed));
      }
      await admit(incoming, found);
    } catch (error) {
      // Before the acknowledgement: the person can still be told in one message.
      if (isGone(error)) return log.debug('An interaction was gone before it was answered', where);
      const view = trouble.report(error, request.locale, where);
      await tell(incoming, view).catch((cause: unknown) => {
        if (isGone(cause)) log.debug('Nobody was there any more to be told of a failure', where);
        else log.warn('A failure could not be told', { ...where, cause });
      });
    }
  };

  function tell({ key, form, request }: Incoming, view: View): Promise<void> {
    return outbox.tell(key, withTyped(view, form, request.locale));
  }

  function find({ command: name, action: actionName, kind }: Incoming): Found | null {
    const command = services.commands.find(({ data }) => data.name === name);
    if (command === undefined) return null;
    if (kind === 'command' || kind === 'suggest') return { command, action: null };
    const actions = (kind === 'button' ? command.buttons : command.modals) ?? {};
    const action = Object.hasOwn(actions, actionName) ? actions[actionName] : undefined;
    return action === undefined ? null : { command, action };
  }

  async function suggest({ key, request }: Incoming, found: Found | null): Promise<void> {
    const allowed = found !== null && allows(request.level, found.command.access);
    let choices: Choice[] = [];
    try {
      if (allowed) choices = (await found.command.complete?.(request, services)) ?? [];
    } catch (error) {
      log.warn('Suggestions could not be made', { error }); // an empty list is the answer that Discord understands
    }
    await outbox.suggest(key, choices.slice(0, 25));
  }

  /** Everything that can still be refused for one pair of eyes is refused here, before the acknowledgement. */
  async function admit(incoming: Incoming, { command, action }: Found): Promise<void> {
    const { key, request } = incoming;
    const modal = action === null ? command.opens?.(request) : null;
    if (modal) return outbox.openModal(key, modal);
    (action ?? command).check?.(request, services);
    const asks = (action ?? command).cost === 'question';
    if (asks) await allowance.take(request.guildId, request.userId);
    const place = asks ? line.reserve() : null;
    const kind = action?.reply ?? (typeof command.reply === 'string' ? command.reply : command.reply(request));
    let messageId: string | null;
    try {
      messageId = await priority.urgent(() => outbox.acknowledge(key, kind), allows(request.level, 'moderator'));
    } catch (error) {
      place?.cancel();
      throw error;
    }
    await priority.pass();
    const address = addressOf(incoming, kind, messageId);
    await work.run({
      place: lastingPlace({ outbox, clock: services.clock }, address, kind),
      inLine: place,
      locale: request.locale,
      failuresApart: kind === 'update',
      form: incoming.form,
      where: { command: incoming.command, action: incoming.action, guild: request.guildId, user: request.userId },
      do: (show, signal) => {
        const live: LiveRequest = { ...request, show, signal, replyTo: JSON.stringify(address) };
        return (action ?? command).run(live, services);
      },
    });
  }

  function addressOf({ key, request, onMessage }: Incoming, kind: ReplyKind, ours: string | null): ReplyAddress {
    return {
      applicationId: key.applicationId,
      token: key.token,
      channelId: request.channelId,
      messageId: { public: ours, private: null, update: onMessage }[kind],
      expiresAt: services.clock() + TOKEN_LIFE_MS,
      locale: request.locale,
      userId: request.userId,
    };
  }
}

function whatWasTried({ command, action, request }: Incoming) {
  const part = action === '' ? (request.subcommand ?? '') : action;
  return { action: part === '' ? command : `${command} ${part}`, by: request.userId, guild: request.guildId };
}
