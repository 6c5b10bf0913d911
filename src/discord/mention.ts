import { MessageType, type Message } from 'discord.js';
import type { Locale } from '../errors.ts';
import type { Answers } from '../knowledge/api.ts';
import type { Turn } from '../knowledge/model.ts';
import type { Access } from './request.ts';
import type { Person } from './access.ts';
import { localeOf } from './interaction.ts';

/** A question put to us in a channel's conversation. */
export interface Spoken {
  readonly guildId: string;
  readonly channelId: string;
  readonly messageId: string;
  readonly userId: string;
  readonly level: Access;
  readonly locale: Locale;
  /** Without the mention of us; empty when nothing else was said. */
  readonly question: string;
  readonly conversation: readonly Turn[];
}

export interface Ears {
  readonly answers: Answers;
  readonly levelOf: (person: Person) => Access;
}

/** Somebody wrote to us alone, where there is no server whose knowledge could answer. */
export function isDirect({ guildId, author, system }: Message): boolean {
  return guildId === null && !author.bot && !system;
}

/**
 * Null for everything that is not said to us. Said to us is: a message that mentions us or our role, a reply to a
 * message of ours, and (where the Message Content intent lets us read it) what is said in a thread on an answer of ours.
 */
export function readMessage(message: Message, { answers, levelOf }: Ears): Spoken | null {
  const me = message.client.user.id;
  if (message.guildId === null || message.author.bot || message.webhookId !== null || message.system) return null;
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return null;
  const myRoles = message.mentions.roles.filter((role) => role.tags?.botId === me).map((role) => role.id);
  const mentioned = myRoles.length > 0 || message.mentions.users.has(me);
  const repliedTo = message.mentions.repliedUser?.id === me ? (message.reference?.messageId ?? null) : null;
  const behind = message.channel.isThread() ? answers.conversationBehind(message.channelId) : [];
  if (!mentioned && message.content === '') return null;
  if (!mentioned && repliedTo === null && behind.length === 0) return null;
  const question = [me, ...myRoles]
    .reduce((text, id) => text.replace(new RegExp(`<@[!&]?${id}>`, 'g'), ' '), message.content)
    .trim();
  return {
    guildId: message.guildId,
    channelId: message.channelId,
    messageId: message.id,
    userId: message.author.id,
    level: levelOf(personOf(message, message.guildId)),
    locale: languageOf(question) ?? localeOf(message.guild?.preferredLocale ?? 'en-US'),
    question,
    conversation: conversationOf(message, repliedTo, behind, answers),
  };
}

/** A thread that somebody opened on an answer has that answer's id. */
function conversationOf(
  message: Message,
  repliedTo: string | null,
  behind: readonly Turn[],
  answers: Answers,
): readonly Turn[] {
  if (repliedTo !== null) {
    const turns = answers.conversationBehind(repliedTo);
    if (turns.length > 0) return turns;
  }
  return message.channel.isThread() ? [...behind, ...answers.conversationIn(message.channelId)] : [];
}

/** Messages do not carry their writer's locale; kana and kanji tell Japanese. */
export function languageOf(text: string): Locale | null {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text)) return 'ja';
  return /\p{Letter}/u.test(text) ? 'en' : null;
}

function personOf(message: Message, guildId: string): Person {
  return {
    userId: message.author.id,
    guildId,
    roleIds: message.member === null ? [] : [...message.member.roles.cache.keys()],
    managesServer: message.member?.permissions.has('ManageGuild') ?? false,
  };
}
