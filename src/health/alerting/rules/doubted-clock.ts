import { counted } from '../../../counted.ts';
import type { ClockDoubt } from '../../clock-model.ts';
import type { Alert, PartStatus } from '../../ports.ts';

export const DOUBTED_CLOCK = 'clock:doubted';

type Both = { readonly en: string; readonly ja: string };

const HOUR_MS = 3_600_000;
const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** @param cliCommand what commands from a shell begin with here */
export function doubtedClock(doubt: ClockDoubt | null, cliCommand: string): Alert | null {
  if (doubt === null) return null;
  const [why, who, how] = [whyOf(doubt), whoOf(doubt), confirmOf(cliCommand)];
  return {
    key: DOUBTED_CLOCK,
    severity: 'warning',
    words: {
      en: `${why.en} ${who.en} Until it is certain, nothing is deleted because of its age: old questions, removed documents, old backups. ${how.en}`,
      ja: `${why.ja}${who.ja}確認できるまで、古さを理由とした削除（古い質問、削除済みの文書、古いバックアップ）は行いません。${how.ja}`,
    },
  };
}

/** While it is in doubt the bot works all the same, and whoever looks at it should know. */
export function clockStatus(doubt: ClockDoubt | null, cliCommand: string): PartStatus[] {
  if (doubt === null) return [];
  const { en, ja } = whyOf(doubt);
  const how = confirmOf(cliCommand);
  const words = {
    en: `${en} Nothing is deleted because of its age until it is certain. ${how.en}`,
    ja: `${ja}確認できるまで、古さを理由とした削除は行いません。${how.ja}`,
  };
  return [{ name: 'clock', state: 'degraded', detail: words.en, words }];
}

function whyOf({ kind, now, lastSureAt }: ClockDoubt): Both {
  const [at, last] = [timeOf(now), timeOf(lastSureAt)];
  return kind === 'jump'
    ? {
        en: `The clock of this machine jumped to ${at} UTC; it was last certain at ${last} UTC.`,
        ja: `このマシンの時計が ${at}（UTC）に飛びました。最後に確かだった時刻は ${last}（UTC）です。`,
      }
    : {
        en: `The clock of this machine says ${at} UTC, and the bot last ran at ${last} UTC.`,
        ja: `このマシンの時計は ${at}（UTC）ですが、ボットが最後に動いていたのは ${last}（UTC）です。`,
      };
}

function whoOf({ heard, canAsk }: ClockDoubt): Both {
  if (heard !== null) {
    const [en, ja] = spanOf(Math.abs(heard.aheadMs));
    return heard.aheadMs > 0
      ? {
          en: `It is ${en} ahead of the clock of ${heard.from}: set it right.`,
          ja: `${heard.from} の時計より ${ja}進んでいます。正しい時刻に合わせてください。`,
        }
      : {
          en: `It is ${en} behind the clock of ${heard.from}: set it right.`,
          ja: `${heard.from} の時計より ${ja}遅れています。正しい時刻に合わせてください。`,
        };
  }
  if (canAsk) return { en: 'No other clock has answered yet.', ja: 'ほかの時計にはまだ確認できていません。' };
  return {
    en: 'There is no other clock to ask: neither Discord nor Gemini nor a vault on the network is set up.',
    ja: 'Discord・Gemini・ネットワーク上の保管先のいずれも設定されていないため、ほかの時計に確認できません。',
  };
}

const confirmOf = (cliCommand: string): Both => ({
  en: `If the time is right, say so: \`${cliCommand} clock confirm\`, or POST /api/clock/confirm.`,
  ja: `時刻が正しければ、\`${cliCommand} clock confirm\`（または POST /api/clock/confirm）で確認してください。`,
});

function spanOf(ms: number): [string, string] {
  if (ms < 2 * HOUR_MS) return [counted(Math.round(ms / 60_000), 'minute'), `${Math.round(ms / 60_000)} 分`];
  if (ms < 48 * HOUR_MS) return [counted(Math.round(ms / HOUR_MS), 'hour'), `${Math.round(ms / HOUR_MS)} 時間`];
  const days = Math.round(ms / (24 * HOUR_MS));
  return [counted(days, 'day'), `${days} 日`];
}
