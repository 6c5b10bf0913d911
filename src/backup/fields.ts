import { isMoment } from '../moment.ts';

/** Says which field of an untrusted text is wrong; its reader makes an AppError of it. */
export class FieldProblem extends Error {}

export type ReadField<T> = (value: unknown, where: string) => T;

/** @throws FieldProblem when it is too long or no JSON */
export function parseJson(text: string, most: number): unknown {
  if (text.length > most) throw new FieldProblem(`it is longer than ${most} characters`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FieldProblem('it is no JSON');
  }
}

/** The members of an object by name. Unknown members are ignored, so that a later version may add some. */
export function object(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

export function string(most: number): ReadField<string> {
  return (value, where) => {
    if (typeof value === 'string' && value.length <= most) return value;
    throw wrong(where, `a text of at most ${most} characters`);
  };
}

export function matching(pattern: RegExp, what: string): ReadField<string> {
  return (value, where) => {
    if (typeof value === 'string' && value.length <= 1024 && pattern.test(value)) return value;
    throw wrong(where, what);
  };
}

/** In hex. */
export const sha256 = matching(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');

/** A whole number of at least 0 that a double holds exactly. */
export function count(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(where, 'a whole number');
}

/** Milliseconds since the epoch, as far as a date reaches. */
export function moment(value: unknown, where: string): number {
  if (isMoment(value) && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(where, 'a time');
}

export function duration(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw wrong(where, 'a number of milliseconds');
}

export function boolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(where, 'true or false');
}

export function oneOf<const T extends string>(...allowed: readonly T[]): ReadField<T> {
  return (value, where) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw wrong(where, `one of ${allowed.join(', ')}`);
    return found;
  };
}

export function nullable<T>(read: ReadField<T>): ReadField<T | null> {
  return (value, where) => (value === null ? null : read(value, where));
}

export function list<T>(read: ReadField<T>, most: number): ReadField<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value) || value.length > most) throw wrong(where, `a list of at most ${most} items`);
    return value.map((item: unknown, index) => read(item, `${where}[${index}]`));
  };
}

export function numbersByName(most: number): ReadField<Readonly<Record<string, number>>> {
  return (value, where) => {
    const entries = Object.entries(object(value, where));
    if (entries.length > most) throw wrong(where, `an object of at most ${most} members`);
    return Object.fromEntries(entries.map(([name, number]) => [name, count(number, `${where}.${name.slice(0, 80)}`)]));
  };
}

function wrong(where: string, what: string): FieldProblem {
  return new FieldProblem(`${where} is not ${what}`);
}
