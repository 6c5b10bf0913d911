import type { APIApplicationCommandBasicOption } from 'discord-api-types/v10';
import { Option } from '../discord.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { localChoice, type Suggestion } from './option-value.ts';

/** What an option offers to choose from; null when it is typed freely. Autocomplete is asked of the bot instead. */
export function offered(page: Page, option: APIApplicationCommandBasicOption): readonly Suggestion[] | null {
  const guild = page.store.guild();
  const people = (guild?.members ?? []).map(({ user }) => ({
    label: `@${user.displayName}`,
    value: user.id,
    detail: user.username,
  }));
  const roles = (guild?.roles ?? []).map((role) => ({
    label: role.name.startsWith('@') ? role.name : `@${role.name}`,
    value: role.id,
  }));
  switch (option.type) {
    case Option.boolean:
      return [
        { label: t('yes'), value: true },
        { label: t('no'), value: false },
      ];
    case Option.user:
      return people;
    case Option.role:
      return roles;
    case Option.mentionable:
      return [...people, ...roles];
    case Option.channel:
      return (page.store.snapshot()?.channels ?? [])
        .filter(({ guildId }) => guildId === guild?.id)
        .map((channel) => ({ label: `#${channel.name}`, value: channel.id }));
    case Option.string:
    case Option.integer:
    case Option.number: {
      if (!('choices' in option) || !option.choices || option.choices.length === 0) return null;
      const { locale } = page.settings();
      return option.choices.map((choice) => ({ label: localChoice(choice, locale), value: choice.value }));
    }
    case Option.attachment:
    default:
      return null;
  }
}
