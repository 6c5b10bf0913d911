import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { counted } from '../counted.ts';
import { AppError } from '../errors.ts';

export interface Quota {
  readonly questions: number;
  readonly windowMs: number;
}

/** How many questions people may ask: each person in a guild, and all people of a guild together. */
export function createAllowance(limits: { readonly user: Quota; readonly guild: Quota }) {
  const users = limiter(limits.user);
  const guilds = limiter(limits.guild);
  return {
    /** @throws AppError `limit` that knows when to try again; nothing is counted then */
    async take(guildId: string, userId: string): Promise<void> {
      const person = `${guildId}:${userId}`;
      await consume(users, person, {
        en: `You have asked ${counted(limits.user.questions, 'question')} in a short time.`,
        ja: `短い時間に ${limits.user.questions} 件の質問をいただきました。`,
      });
      try {
        await consume(guilds, guildId, {
          en: `This server has asked ${counted(limits.guild.questions, 'question')} in a short time.`,
          ja: `このサーバーから短い時間に ${limits.guild.questions} 件の質問がありました。`,
        });
      } catch (error) {
        await users.reward(person, 1);
        throw error;
      }
    },
  };

  async function consume(
    from: RateLimiterMemory,
    key: string,
    words: Readonly<Record<'en' | 'ja', string>>,
  ): Promise<void> {
    try {
      await from.consume(key, 1);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterMs = error.msBeforeNext;
      throw new AppError('limit', words, { retryAfterMs });
    }
  }
}

export type Allowance = ReturnType<typeof createAllowance>;

function limiter(quota: Quota): RateLimiterMemory {
  return new RateLimiterMemory({ points: quota.questions, duration: quota.windowMs / 1000 });
}
