import { counted } from '../counted.ts';
import type { Locale } from '../errors.ts';

type Both = Readonly<Record<Locale, string>>;

const WEEKDAYS: Readonly<Record<string, Both>> = {
  mon: { en: 'Monday', ja: '月曜日' },
  tue: { en: 'Tuesday', ja: '火曜日' },
  wed: { en: 'Wednesday', ja: '水曜日' },
  thu: { en: 'Thursday', ja: '木曜日' },
  fri: { en: 'Friday', ja: '金曜日' },
  sat: { en: 'Saturday', ja: '土曜日' },
  sun: { en: 'Sunday', ja: '日曜日' },
};

/** A rule as `parseRule` tidied it, for people; what is not understood stays as it is written. */
export function scheduleInWords(rule: string): Both {
  const [often, first = '', second = ''] = rule.split(' ');
  const count = Number.parseInt(first, 10);
  const weekday = WEEKDAYS[first];
  if (often === 'every' && first.endsWith('m'))
    return { en: `every ${counted(count, 'minute')}`, ja: `${count} 分ごと` };
  if (often === 'every')
    return { en: count === 1 ? 'every hour' : `every ${counted(count, 'hour')}`, ja: `${count} 時間ごと` };
  if (often === 'daily') return { en: `daily at ${first}`, ja: `毎日 ${first}` };
  if (often === 'weekly' && weekday !== undefined)
    return { en: `every ${weekday.en} at ${second}`, ja: `毎週${weekday.ja} ${second}` };
  if (often === 'monthly')
    return { en: `on day ${first} of each month at ${second}`, ja: `毎月 ${first} 日 ${second}` };
  return { en: rule, ja: rule };
}
