import { commands } from '../../commands/index.ts';
import type { Config } from '../config.ts';
import type { DiscordOptions } from '../discord/open-discord.ts';

type FromConfig =
  'commands' | 'homeGuildId' | 'moderatorRoleIds' | 'operatorUserIds' | 'messageContent' | 'isPlayground' | 'limits';

const QUESTIONS_AT_ONCE = 8;
const QUESTIONS_WAITING = 500;
const MINUTE_MS = 60_000;

/** What the configuration says of the Discord side. */
export function discordOptions(
  { discord, limits }: Config,
  { isPlayground }: { readonly isPlayground: boolean },
): Pick<DiscordOptions, FromConfig> {
  return {
    commands,
    homeGuildId: discord.homeGuildId,
    moderatorRoleIds: discord.moderatorRoleIds,
    operatorUserIds: discord.operatorUserIds,
    messageContent: discord.messageContentIntent || isPlayground,
    isPlayground,
    limits: {
      userQuestions: { questions: limits.questionsPerUserPerMinute, windowMs: MINUTE_MS },
      guildQuestions: { questions: limits.questionsPerGuildPerMinute, windowMs: MINUTE_MS },
      questionsAtOnce: QUESTIONS_AT_ONCE,
      questionsWaiting: QUESTIONS_WAITING,
      attachmentBytes: limits.documentBytes,
      deadlineMs: limits.answerMs + MINUTE_MS,
    },
  };
}
