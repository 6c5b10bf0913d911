import { DiscordError, type FormErrors } from '../discord-error.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters as Discord counts them: code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** A value as text; what is neither text nor a number is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

export interface TextRule {
  readonly max: number;
  readonly min?: number;
  readonly required?: boolean;
}

/** Collects everything that is wrong with a request body, then answers 50035 with the place of each mistake. */
export interface Form {
  fail(path: Path, code: string, message: string): void;
  text(path: Path, value: unknown, rule: TextRule): void;
  number(path: Path, value: unknown, rule: { readonly min: number; readonly max: number }): void;
  /** The list's items; an empty list when it is absent or wrong. */
  list(path: Path, value: unknown, rule: { readonly min?: number; readonly max: number }): readonly unknown[];
  object(path: Path, value: unknown): Json | null;
  unique(path: (index: number) => Path, values: readonly unknown[], code: string, message: string): void;
  done(): void;
}

export function createForm(): Form {
  const root: FormErrors = {};
  let failed = false;
  const fail: Form['fail'] = (path, code, message) => {
    failed = true;
    let at = root;
    for (const step of path) at = (at[String(step)] ??= {}) as FormErrors;
    (at['_errors'] ??= []).push({ code, message });
  };
  const required = (path: Path): void => fail(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  return {
    fail,
    text(path, value, { min = 0, max, required: isRequired = false }) {
      if (value === undefined || value === null) {
        if (isRequired) required(path);
        return;
      }
      if (typeof value !== 'string') return fail(path, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
      const length = lengthOf(value);
      if (isRequired && length === 0) return required(path);
      if (length > max || length < min) {
        if (min > 0) fail(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
        else fail(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
      }
    },
    number(path, value, { min, max }) {
      if (value === undefined || value === null) return;
      if (typeof value !== 'number') return fail(path, 'NUMBER_TYPE_COERCE', 'Value is not int.');
      if (value < min) fail(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
      if (value > max) fail(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    },
    list(path, value, { min = 0, max }) {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value)) {
        fail(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
        return [];
      }
      if (value.length > max || value.length < min) {
        if (min > 0) fail(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
        else fail(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
        return [];
      }
      return value;
    },
    object(path, value) {
      if (isObject(value)) return value;
      fail(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
      return null;
    },
    unique(path, values, code, message) {
      const seen = new Set<unknown>();
      values.forEach((value, index) => {
        if (value === undefined || value === null) return;
        if (seen.has(value)) fail(path(index), code, message);
        seen.add(value);
      });
    },
    done() {
      if (failed) throw new DiscordError(400, 50035, 'Invalid Form Body', root);
    },
  };
}

/** The same form for a part of the body: paths are told from the body's root. */
export function nested(form: Form, at: Path): Form {
  return {
    fail: (path, code, message) => form.fail([...at, ...path], code, message),
    text: (path, value, rule) => form.text([...at, ...path], value, rule),
    number: (path, value, rule) => form.number([...at, ...path], value, rule),
    list: (path, value, rule) => form.list([...at, ...path], value, rule),
    object: (path, value) => form.object([...at, ...path], value),
    unique: (path, values, code, message) => form.unique((index) => [...at, ...path(index)], values, code, message),
    done: () => form.done(),
  };
}

/** One mistake, told at once. */
export function invalidForm(path: Path, code: string, message: string): DiscordError {
  const form = createForm();
  form.fail(path, code, message);
  try {
    form.done();
  } catch (error) {
    if (error instanceof DiscordError) return error;
  }
  return new DiscordError(400, 50035, 'Invalid Form Body');
}
