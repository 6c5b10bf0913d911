import { ApplicationCommandOptionType as T, ButtonStyle, ComponentType as C } from 'discord-api-types/v10';
import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { DiscordError, discordError } from '../discord-error.ts';
import { isObject, lengthOf, type Json } from '../limits/form.ts';
import { modalInputs } from '../limits/modal.ts';
import { sendInteraction } from '../state/interactions.ts';
import type { Channel, Interaction, Message, OpenModal } from '../state/model.ts';
import type { World } from '../state/world.ts';
import { from, type Invoker } from './invoke.ts';
import { createResolver } from './resolved.ts';

/** Presses a button, or with `values` chooses from a select. */
export function press(
  world: World,
  invoker: Invoker,
  channel: Channel,
  message: Message,
  customId: string,
  values: readonly string[] | null,
): Interaction {
  const component = componentsIn(message.components).find((one) => one['custom_id'] === customId);
  const isButton = component?.['type'] === C.Button && component['style'] !== ButtonStyle.Link;
  if (component === undefined || isButton !== (values === null)) {
    throw new DiscordError(400, 50035, 'There is no such component on this message.');
  }
  if (component['disabled'] === true) throw new DiscordError(400, 50035, 'This component is disabled.');
  const resolver = createResolver(world, channel);
  if (values !== null) checkValues(component, values, (type, id) => resolver.add(type, id));
  return sendInteraction(world, {
    ...from(invoker, channel),
    kind: 'component',
    messageId: message.id,
    customId,
    name: null,
    data: (origin) => ({
      custom_id: customId,
      component_type: component['type'],
      ...(values === null ? {} : { values: [...values], ...resolver.resolved(origin) }),
    }),
  });
}

export function componentsIn(rows: readonly APIMessageTopLevelComponent[]): readonly Json[] {
  return rows.flatMap((row) => ('components' in row ? (row.components as readonly unknown[]).filter(isObject) : []));
}

const ENTITIES: Readonly<Record<number, T>> = {
  [C.UserSelect]: T.User,
  [C.RoleSelect]: T.Role,
  [C.MentionableSelect]: T.Mentionable,
  [C.ChannelSelect]: T.Channel,
};

function checkValues(select: Json, values: readonly string[], resolve: (type: T, id: string) => boolean): void {
  const min = Number(select['min_values'] ?? 1);
  const max = Number(select['max_values'] ?? 1);
  if (values.length < min || values.length > max) {
    throw new DiscordError(400, 50035, `Choose between ${min} and ${max} values.`);
  }
  const options = Array.isArray(select['options']) ? select['options'].filter(isObject) : [];
  const entity = ENTITIES[Number(select['type'])];
  const isKnown = (value: string): boolean =>
    entity === undefined ? options.some((option) => option['value'] === value) : resolve(entity, value);
  if (!values.every(isKnown)) throw new DiscordError(400, 50035, 'This is not one of the choices.');
}

/** Sends a form. It stays open when its values are not acceptable. */
export function submitModal(
  world: World,
  invoker: Invoker,
  modal: OpenModal,
  values: Readonly<Record<string, string | readonly string[]>>,
): Interaction {
  const channel = world.channels.get(modal.interaction.channelId);
  if (channel === undefined) throw discordError('unknownChannel');
  for (const input of modalInputs(modal.components)) {
    if (!input.isText) continue;
    const length = lengthOf(String(values[input.customId] ?? ''));
    const isEmptyAndMayBe = length === 0 && !input.required;
    if (!isEmptyAndMayBe && (length < Math.max(input.minLength, input.required ? 1 : 0) || length > input.maxLength)) {
      throw new DiscordError(
        400,
        50035,
        `"${input.customId}" must have between ${input.minLength} and ${input.maxLength} characters.`,
      );
    }
  }
  world.modals.delete(modal.id);
  return sendInteraction(world, {
    ...from(invoker, channel),
    kind: 'modal',
    messageId: modal.interaction.messageId,
    customId: modal.customId,
    name: null,
    data: () => ({
      custom_id: modal.customId,
      components: modal.components.filter(isObject).flatMap((row) => submitted(row, values)),
    }),
  });
}

function submitted(row: Json, values: Readonly<Record<string, string | readonly string[]>>): readonly unknown[] {
  const answer = (input: Json): unknown => {
    const value = values[String(input['custom_id'])];
    const { type, custom_id } = input;
    return type === C.TextInput
      ? { type, custom_id, value: String(value ?? '') }
      : { type, custom_id, values: typeof value === 'string' ? [value] : [...(value ?? [])] };
  };
  if (row['type'] === C.Label)
    return [{ type: C.Label, component: isObject(row['component']) ? answer(row['component']) : null }];
  if (row['type'] !== C.ActionRow) return [];
  return [{ type: C.ActionRow, components: (row['components'] as readonly unknown[]).filter(isObject).map(answer) }];
}
