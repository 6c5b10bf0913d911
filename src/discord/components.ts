import {
  ButtonStyle,
  ComponentType,
  TextInputStyle,
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIModalInteractionResponseCallbackData,
} from 'discord-api-types/v10';
import type { Locale } from '../errors.ts';
import { beginning } from '../plain-text.ts';

export type ActionRow = APIActionRowComponent<APIButtonComponentWithCustomId>;

const STYLES = { plain: ButtonStyle.Secondary, primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const;

/** A custom id that says everything: the command, which of its actions, and with what. At most 100 characters. */
export function actionId(command: string, action: string, ...args: readonly (string | number)[]): string {
  return [command, action, ...args].join(':');
}

export function parseActionId(id: string): { command: string; action: string; args: string[] } {
  const [command = '', action = '', ...args] = id.split(':');
  return { command, action, args };
}

export function button(
  id: string,
  label: string,
  options: { readonly style?: keyof typeof STYLES; readonly disabled?: boolean } = {},
): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: STYLES[options.style ?? 'plain'],
    custom_id: id,
    label,
    ...(options.disabled ? { disabled: true } : {}),
  };
}

export function row(...components: APIButtonComponentWithCustomId[]): ActionRow {
  return { type: ComponentType.ActionRow, components };
}

/** Counts from 1. A page that is not there, as in a list that became shorter since its buttons were drawn, is the nearest that is. */
export function pageOf(wanted: number, total: number, perPage: number): { page: number; pages: number; from: number } {
  const pages = Math.max(1, Math.ceil(total / perPage));
  const page = Math.min(pages, Math.max(1, Math.trunc(wanted) || 1));
  return { page, pages, from: (page - 1) * perPage };
}

/** Buttons to the pages before and after; none where there is one page. Pages count from 1. */
export function pager(locale: Locale, page: number, pages: number, idOf: (page: number) => string): ActionRow[] {
  if (pages <= 1) return [];
  const words = locale === 'ja' ? { before: '◀ 前へ', after: '次へ ▶' } : { before: '◀ Back', after: 'Next ▶' };
  // Two components of one message must not share an id, so the ends point one page beyond and are switched off.
  return [
    row(
      button(idOf(page - 1), words.before, { disabled: page <= 1 }),
      button(idOf(page + 1), words.after, { disabled: page >= pages }),
    ),
  ];
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly long?: boolean;
  readonly required?: boolean;
  readonly maxLength: number;
  readonly value?: string | null;
}

/** A form of text fields; what was typed comes back under the fields' names. */
export function textModal(
  id: string,
  title: string,
  fields: readonly Field[],
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title,
    components: fields.map((field) => ({
      type: ComponentType.ActionRow,
      components: [
        {
          type: ComponentType.TextInput,
          custom_id: field.name,
          label: field.label,
          style: field.long ? TextInputStyle.Paragraph : TextInputStyle.Short,
          required: field.required ?? false,
          max_length: field.maxLength,
          ...(field.value ? { value: beginning(field.value, field.maxLength) } : {}),
        },
      ],
    })),
  };
}
