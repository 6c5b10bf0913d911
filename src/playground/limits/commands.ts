import { ApplicationCommandOptionType as T, ApplicationCommandType, Locale } from 'discord-api-types/v10';
import { createForm, isObject, lengthOf, textOf, type Form, type Json, type Path } from './form.ts';

const SLASH_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const LOCALES = new Set<string>(Object.values(Locale));
const NESTING = new Set<unknown>([T.Subcommand, T.SubcommandGroup]);
const WITH_CHOICES = new Set<unknown>([T.String, T.Integer, T.Number]);
const GROUP: unknown = T.SubcommandGroup;
const SUBCOMMAND: unknown = T.Subcommand;
const TEXT: unknown = T.String;

/** One command definition: every mistake at once. */
export function checkCommand(value: unknown): void {
  const form = createForm();
  checkDefinition(form, [], value);
  form.done();
}

/** A bulk overwrite: at most 100 of each type, names unique by type. */
export function checkCommands(value: unknown): readonly Json[] {
  const form = createForm();
  const list = form.list([], value ?? null, { max: 130 });
  list.forEach((item, index) => checkDefinition(form, [index], item));
  form.unique(
    (index) => [index, 'name'],
    list.map((item) => (isObject(item) ? `${textOf(item['type'] ?? 1)}:${textOf(item['name'])}` : undefined)),
    'APPLICATION_COMMANDS_DUPLICATE_NAME',
    'Application command names must be unique',
  );
  form.done();
  return list.filter(isObject);
}

function checkDefinition(form: Form, at: Path, value: unknown): void {
  const command = form.object(at, value);
  if (command === null) return;
  const type = command['type'] ?? ApplicationCommandType.ChatInput;
  if (![1, 2, 3].includes(Number(type))) {
    return form.fail([...at, 'type'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3}.');
  }
  const isSlash = type === ApplicationCommandType.ChatInput;
  checkName(form, at, command, isSlash);
  if (isSlash) checkDescription(form, at, command);
  else if (command['description']) {
    form.fail(
      [...at, 'description'],
      'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID',
      'Context menu commands cannot have description',
    );
  }
  const permissions = command['default_member_permissions'];
  if (permissions !== undefined && permissions !== null && !/^\d+$/.test(textOf(permissions))) {
    form.fail([...at, 'default_member_permissions'], 'NUMBER_TYPE_COERCE', 'Value is not a permission bit set.');
  }
  const total = checkOptions(form, at, command, 0) + textLength(command);
  if (total > 8_000) form.fail(at, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
}

function checkName(form: Form, at: Path, { name, name_localizations: localised }: Json, isSlash: boolean): void {
  const check = (path: Path, text: unknown): void => {
    form.text(path, text, { min: 1, max: 32, required: true });
    if (!isSlash || typeof text !== 'string' || text.length === 0 || lengthOf(text) > 32) return;
    if (!SLASH_NAME.test(text)) form.fail(path, 'STRING_TYPE_REGEX', 'String value did not match validation regex.');
    else if (text !== text.toLowerCase())
      form.fail(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  };
  check([...at, 'name'], name);
  eachLocale(form, [...at, 'name_localizations'], localised, check);
}

function checkDescription(form: Form, at: Path, { description, description_localizations: localised }: Json): void {
  const check = (path: Path, text: unknown): void => form.text(path, text, { min: 1, max: 100, required: true });
  check([...at, 'description'], description);
  eachLocale(form, [...at, 'description_localizations'], localised, check);
}

function eachLocale(form: Form, at: Path, localised: unknown, check: (path: Path, text: unknown) => void): void {
  if (!isObject(localised)) return;
  for (const [locale, text] of Object.entries(localised)) {
    if (!LOCALES.has(locale))
      form.fail([...at, locale], 'BASE_TYPE_CHOICES', 'Value must be one of the known locales.');
    else if (text !== null) check([...at, locale], text);
  }
}

/** Returns how many characters the options hold. */
function checkOptions(form: Form, at: Path, parent: Json, depth: number): number {
  const path: Path = [...at, 'options'];
  const options = form.list(path, parent['options'], { max: 25 });
  let size = 0;
  let seenOptional = false;
  options.forEach((item, index) => {
    const here: Path = [...path, index];
    const option = form.object(here, item);
    if (option === null) return;
    const { type } = option;
    if (
      typeof type !== 'number' ||
      type < 1 ||
      type > 11 ||
      (depth > 0 && type === GROUP) ||
      (depth > 1 && type === SUBCOMMAND)
    ) {
      form.fail([...here, 'type'], 'BASE_TYPE_CHOICES', 'Value is not an option type that can stand here.');
      return;
    }
    checkName(form, here, option, true);
    checkDescription(form, here, option);
    if (option['required'] === true && seenOptional) {
      form.fail(
        here,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if (option['required'] !== true) seenOptional = true;
    if (NESTING.has(type)) size += checkOptions(form, here, option, type === GROUP ? 1 : 2);
    size += textLength(option) + checkChoices(form, here, option);
    if (type === TEXT) {
      form.number([...here, 'min_length'], option['min_length'], { min: 0, max: 6_000 });
      form.number([...here, 'max_length'], option['max_length'], { min: 1, max: 6_000 });
    }
  });
  const kinds = new Set(options.map((option) => isObject(option) && NESTING.has(option['type'])));
  if (kinds.size > 1)
    form.fail(
      path,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  form.unique(
    (index) => [...path, index, 'name'],
    options.map((option) => (isObject(option) ? option['name'] : undefined)),
    'APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
    'Option names must be unique',
  );
  return size;
}

function checkChoices(form: Form, at: Path, option: Json): number {
  const path: Path = [...at, 'choices'];
  const choices = form.list(path, option['choices'], { max: 25 });
  if (choices.length > 0 && (option['autocomplete'] === true || !WITH_CHOICES.has(option['type']))) {
    form.fail(path, 'APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID', 'Choices cannot be used here');
  }
  return checkChoiceList(form, path, choices);
}

/** Choices of an option or of an autocomplete answer: names up to 100 characters, string values too. */
export function checkChoiceList(form: Form, path: Path, choices: readonly unknown[]): number {
  let size = 0;
  choices.forEach((item, index) => {
    const choice = form.object([...path, index], item);
    if (choice === null) return;
    form.text([...path, index, 'name'], choice['name'], { min: 1, max: 100, required: true });
    if (choice['value'] === undefined)
      form.fail([...path, index, 'value'], 'BASE_TYPE_REQUIRED', 'This field is required');
    if (typeof choice['value'] === 'string') form.text([...path, index, 'value'], choice['value'], { max: 100 });
    size += lengthOf(textOf(choice['name'])) + lengthOf(textOf(choice['value']));
  });
  return size;
}

function textLength({ name, description }: Json): number {
  return lengthOf(textOf(name)) + lengthOf(textOf(description));
}
