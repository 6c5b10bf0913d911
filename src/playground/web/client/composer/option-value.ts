import type { APIApplicationCommandBasicOption } from 'discord-api-types/v10';
import { Option } from '../discord.ts';
import { t } from '../texts.ts';

export interface Suggestion {
  readonly label: string;
  readonly value: string | number | boolean;
  readonly detail?: string;
}

interface Named {
  readonly name: string;
  readonly name_localizations?: Partial<Record<string, string | null>> | null;
}

export type Outcome = { readonly value: string | number | boolean | undefined } | { readonly problem: string };

export function matching(all: readonly Suggestion[], typed: string): readonly Suggestion[] {
  const wanted = typed.trim().toLowerCase().replace(/^[@#]/, '');
  return all.filter((one) => `${one.label} ${one.detail ?? ''}`.toLowerCase().includes(wanted)).slice(0, 25);
}

/** Turns what stands in an option's field into its value, or says what is wrong with it. */
export function readOption(
  option: APIApplicationCommandBasicOption,
  typed: string,
  offers: readonly Suggestion[] | null,
): Outcome {
  const text = typed.trim();
  if (!text) return option.required ? { problem: t('required') } : { value: undefined };
  if (offers) {
    const bare = (label: string) => label.toLowerCase().replace(/^[@#]/, '');
    const found = offers.find(
      ({ label, value }) =>
        bare(label) === bare(text) || (typeof value === 'boolean' && String(value) === text.toLowerCase()),
    );
    return found ? { value: found.value } : { problem: t('chooseOne') };
  }
  if (option.type === Option.integer || option.type === Option.number) {
    const value = Number(text.normalize('NFKC'));
    if (!Number.isFinite(value)) return { problem: t('notNumber') };
    if (option.type === Option.integer && !Number.isSafeInteger(value)) return { problem: t('notInteger') };
    if ('min_value' in option && option.min_value !== undefined && value < option.min_value) {
      return { problem: t('tooSmall', { limit: option.min_value }) };
    }
    if ('max_value' in option && option.max_value !== undefined && value > option.max_value) {
      return { problem: t('tooLarge', { limit: option.max_value }) };
    }
    return { value };
  }
  if (option.type === Option.string && 'max_length' in option) {
    if (option.min_length && text.length < option.min_length)
      return { problem: t('tooShort', { limit: option.min_length }) };
    if (option.max_length && text.length > option.max_length)
      return { problem: t('tooLong', { limit: option.max_length }) };
  }
  return { value: text };
}

/** A choice's name in the person's language. */
export function localChoice(choice: Named, locale: string): string {
  return choice.name_localizations?.[locale] ?? choice.name;
}
