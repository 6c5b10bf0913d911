import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';
import type { Clock } from '../knowledge/ports.ts';
import { ago } from './writing.ts';

export interface Quota {
  readonly questions: number;
  readonly windowMs: number;
}

/** How many questions people may ask: each person in a guild, and all people of a guild together. */
export function createAllowance(limits: { readonly user: Quota; readonly guild: Quota }, clock: Clock) {
  const users = limiter(limits.user);
  const guilds = limiter(limits.guild);
  return {
    /** @throws AppError `limit` that says when to try again; nothing is counted then */
    async take(guildId: string, userId: string): Promise<void> {
      const person = `${guildId}:${userId}`;
      await consume(users, person, (when) => ({
        en: `You have asked ${limits.user.questions} questions in a short time. Ask again ${when}.`,
        ja: `短い時間に ${limits.user.questions} 件の質問をいただきました。${when}にもう一度お尋ねください。`,
      }));
      try {
        await consume(guilds, guildId, (when) => ({
          en: `This server has asked ${limits.guild.questions} questions in a short time. Ask again ${when}.`,
          ja: `このサーバーから短い時間に ${limits.guild.questions} 件の質問がありました。${when}にもう一度お尋ねください。`,
        }));
      } catch (error) {
        await users.reward(person, 1);
        throw error;
      }
    },
  };

  async function consume(
    from: RateLimiterMemory,
    key: string,
    words: (when: string) => Readonly<Record<'en' | 'ja', string>>,
  ): Promise<void> {
    try {
      await from.consume(key, 1);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterMs = error.msBeforeNext;
      throw new AppError('limit', words(ago(clock() + retryAfterMs)), { retryAfterMs });
    }
  }
}

export type Allowance = ReturnType<typeof createAllowance>;

function limiter(quota: Quota): RateLimiterMemory {
  return new RateLimiterMemory({ points: quota.questions, duration: quota.windowMs / 1000 });
}
