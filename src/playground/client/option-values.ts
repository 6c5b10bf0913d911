import { ApplicationCommandOptionType as T } from 'discord-api-types/v10';
import type { APIApplicationCommandBasicOption } from 'discord-api-types/v10';
import { DiscordError } from '../discord-error.ts';
import { lengthOf } from '../limits/form.ts';
import type { Channel } from '../state/model.ts';
import type { World } from '../state/world.ts';
import type { Resolver } from './resolved.ts';

export interface OptionCheck {
  readonly world: World;
  readonly channel: Channel;
  /** The option being completed; nothing is required meanwhile. */
  readonly focused: string | null;
  readonly resolver: Resolver;
}

type Value = string | number | boolean;

/** What a person gave for an option, as Discord's own client would let it pass. */
export function checkOption(option: APIApplicationCommandBasicOption, value: Value, { resolver }: OptionCheck): Value {
  const refuse = (why: string): DiscordError => new DiscordError(400, 50035, `The option "${option.name}" ${why}.`);
  switch (option.type) {
    case T.String: {
      const text = String(value);
      const { min_length: min = 0, max_length: max = 6_000 } = option as { min_length?: number; max_length?: number };
      const length = lengthOf(text);
      if (length < min || length > max) throw refuse(`must have between ${min} and ${max} characters`);
      refuseOtherThan(option, text, refuse);
      return text;
    }
    case T.Integer:
    case T.Number: {
      const number = typeof value === 'boolean' ? NaN : Number(value);
      const { min_value: min = -Infinity, max_value: max = Infinity } = option as {
        min_value?: number;
        max_value?: number;
      };
      const isRight = option.type === T.Integer ? Number.isSafeInteger(number) : Number.isFinite(number);
      if (!isRight || value === '') throw refuse('must be a number');
      if (number < min || number > max) throw refuse(`must be between ${min} and ${max}`);
      refuseOtherThan(option, number, refuse);
      return number;
    }
    case T.Boolean: {
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw refuse('must be true or false');
    }
    case T.User:
    case T.Role:
    case T.Channel:
    case T.Mentionable:
    case T.Attachment:
      if (!resolver.add(option.type, String(value))) throw refuse('names something that does not exist');
      return String(value);
    default:
      throw refuse('has a type that this Discord does not know');
  }
}

function refuseOtherThan(option: object, value: Value, refuse: (why: string) => DiscordError): void {
  const { choices = [] } = option as { choices?: readonly { readonly value: Value }[] };
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    throw refuse('must be one of its choices');
}
