import { current } from '../store.ts';
import type { Locale } from '../locale.ts';
import { filled } from './filled.ts';
import { backupTexts } from './backups.ts';
import { integrityTexts } from './integrity.ts';
import { overviewTexts } from './overview.ts';
import { questionTexts } from './questions.ts';
import { settingTexts } from './settings.ts';
import { shellTexts } from './shell.ts';

const texts = {
  ...shellTexts,
  ...overviewTexts,
  ...backupTexts,
  ...integrityTexts,
  ...questionTexts,
  ...settingTexts,
} satisfies Readonly<Record<string, Readonly<Record<Locale, string>>>>;

export type TextName = keyof typeof texts;

export const locale = (): Locale => current().settings.locale;

/** The text of that name in the reader's language, with `{names}` filled in; `{days:day}` becomes `1 day`, `2 days`. */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(texts[name][locale()], values);
}
