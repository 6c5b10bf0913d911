import type { ActionName, ClientRequest } from '../client-protocol.ts';
import { isObject } from '../limits/form.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const values =
  (...checks: Check[]): Check =>
  (value) =>
    isObject(value) && Object.values(value).every((one) => checks.some((check) => check(one)));

const place = { channelId: text, messageId: text };
const command = { channelId: text, name: text, options: values(text, number, flag) };

const ARGS: Readonly<Record<ActionName, Readonly<Record<string, Check>>>> = {
  hello: { persona: text, locale: text },
  history: { channelId: text, before: optional(text), limit: optional(number) },
  say: { channelId: text, content: text, replyTo: optional(text), uploadIds: optional(texts) },
  editMessage: { ...place, content: text },
  deleteMessage: place,
  react: { ...place, emoji: text, on: flag },
  command,
  contextMenu: { channelId: text, name: text, targetId: text },
  autocomplete: { ...command, focused: text },
  click: { ...place, customId: text },
  select: { ...place, customId: text, values: texts },
  submitModal: { modalId: text, values: values(text, texts) },
  closeModal: { modalId: text },
  dismiss: place,
  createThread: { channelId: text, name: text, messageId: optional(text) },
  openDm: {},
};

export type ParsedFrame =
  | { readonly kind: 'request'; readonly request: ClientRequest }
  /** Understood enough to be answered. */
  | { readonly kind: 'refused'; readonly ref: number; readonly why: string }
  | { readonly kind: 'nonsense' };

/** Reads what a browser sent; what passes has every argument that its action needs. */
export function parseFrame(data: Buffer): ParsedFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString());
  } catch {
    return { kind: 'nonsense' };
  }
  if (!isObject(frame)) return { kind: 'nonsense' };
  const { ref, action, args } = frame;
  if (typeof ref !== 'number' || typeof action !== 'string') return { kind: 'nonsense' };
  if (!Object.hasOwn(ARGS, action)) return { kind: 'refused', ref, why: `There is no action "${action}".` };
  const given = isObject(args) ? args : {};
  const wrong = Object.entries(ARGS[action as ActionName]).find(([name, check]) => !check(given[name]));
  if (wrong !== undefined) return { kind: 'refused', ref, why: `The action "${action}" needs a right "${wrong[0]}".` };
  const request: unknown = { ref, action, args: given };
  return { kind: 'request', request: request as ClientRequest };
}
