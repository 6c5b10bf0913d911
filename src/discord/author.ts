import { wordsIn, type Locale } from '../errors.ts';
import { shown } from './writing.ts';

/** Those who are nobody in person, as documents, backups and the audit log name them. */
const PARTS: Readonly<Record<string, Readonly<Record<Locale, string>>>> = {
  cli: { en: 'shell', ja: 'シェル' },
  schedule: { en: 'schedule', ja: 'スケジュール' },
};

const BY_TOKEN: Readonly<Record<string, Readonly<Record<Locale, string>>>> = {
  api: { en: 'API', ja: 'API' },
  dashboard: { en: 'dashboard', ja: 'ダッシュボード' },
};

/** Somebody in person, as Discord knows them. */
export const isPerson = (id: string): boolean => /^\d{15,}$/.test(id);

/** By whom or by what something was done: a person, the part of the program, or the token, by its name. */
export function authorIn(locale: Locale, id: string, name = id): string {
  if (isPerson(id)) return `<@${id}>`;
  const part = PARTS[id];
  if (part !== undefined) return wordsIn(locale, part);
  const [, place = '', token = ''] = /^(api|dashboard):(.*)$/s.exec(id) ?? [];
  const way = BY_TOKEN[place];
  if (way === undefined) return shown(name, 40);
  return wordsIn(locale, {
    en: `${way.en} (token ${shown(token, 40)})`,
    ja: `${way.ja}（トークン ${shown(token, 40)}）`,
  });
}
