import { key, type ReadValue } from './values.ts';

export interface Variable<T> {
  readonly read: ReadValue<T>;
  /** Used when the variable is absent or empty; null means that the value is then null. */
  readonly default: string | null;
  /** In the tables, in the place of a default that depends on another variable. */
  readonly shown?: string;
  /** Never shown, not even in an error. */
  readonly secret?: true;
  /** One line for `.env.example` and the README; a test compares all three. */
  readonly about: string;
}

export function variable<T>(
  read: ReadValue<T>,
  fallback: string,
  about: string,
): Variable<T> & { readonly default: string } {
  return { read, default: fallback, about };
}

export function optional<T>(read: ReadValue<T>, about: string): Variable<T> & { readonly default: null } {
  return { read, default: null, about };
}

/** Below `DATA_DIR`, unless it is set. */
export function below<T>(read: ReadValue<T>, place: string, about: string): Variable<T> & { readonly default: null } {
  return { read, default: null, shown: `DATA_DIR/${place}`, about };
}

export function secret(about: string): Variable<string> & { readonly default: null } {
  return secretOf(key, about);
}

export function secretOf<T>(read: ReadValue<T>, about: string): Variable<T> & { readonly default: null } {
  return { read, default: null, secret: true, about };
}
