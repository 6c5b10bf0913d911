import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type APIApplicationCommandAttachmentOption,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandBooleanOption,
  type APIApplicationCommandIntegerOption,
  type APIApplicationCommandStringOption,
  type APIApplicationCommandSubcommandOption,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord-api-types/v10';

/** What somebody types after a slash. The name stays the same in every language, so that people can tell each other. */
export function slashCommand(
  words: Pick<OptionWords, 'name' | 'description'>,
  options: (APIApplicationCommandBasicOption | APIApplicationCommandSubcommandOption)[] = [],
): RESTPostAPIChatInputApplicationCommandsJSONBody {
  return {
    type: ApplicationCommandType.ChatInput,
    name: words.name,
    description: words.description.en,
    description_localizations: { ja: words.description.ja },
    options,
  };
}

/** An entry in the menu of a message. */
export function messageMenu(words: {
  readonly name: string;
  readonly ja: string;
}): RESTPostAPIContextMenuApplicationCommandsJSONBody {
  return { type: ApplicationCommandType.Message, name: words.name, name_localizations: { ja: words.ja } };
}

/** The definition of an option in both languages: `ja` names it in Japanese. */
export interface OptionWords {
  readonly name: string;
  readonly ja: string;
  readonly description: { readonly en: string; readonly ja: string };
  readonly required?: boolean;
}

function described({ name, ja, description, required }: OptionWords) {
  return {
    name,
    name_localizations: { ja },
    description: description.en,
    description_localizations: { ja: description.ja },
    required: required ?? false,
  };
}

export function textOption(
  words: OptionWords & { readonly maxLength?: number; readonly suggests?: true },
): APIApplicationCommandStringOption {
  const base = { ...described(words), type: ApplicationCommandOptionType.String } as const;
  if (words.suggests) return { ...base, autocomplete: true };
  return words.maxLength === undefined ? base : { ...base, max_length: words.maxLength };
}

export function numberOption(
  words: OptionWords & { readonly min: number; readonly max: number },
): APIApplicationCommandIntegerOption {
  return {
    ...described(words),
    type: ApplicationCommandOptionType.Integer,
    min_value: words.min,
    max_value: words.max,
  };
}

export function flagOption(words: OptionWords): APIApplicationCommandBooleanOption {
  return { ...described(words), type: ApplicationCommandOptionType.Boolean };
}

export function fileOption(words: OptionWords): APIApplicationCommandAttachmentOption {
  return { ...described(words), type: ApplicationCommandOptionType.Attachment };
}

export function subcommand(
  words: Omit<OptionWords, 'required'>,
  options: APIApplicationCommandBasicOption[] = [],
): APIApplicationCommandSubcommandOption {
  const { name, name_localizations, description, description_localizations } = described(words);
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    name_localizations,
    description,
    description_localizations,
    options,
  };
}
