import { Problem } from './values.ts';
import { variables, type VariableName } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GivenValue {
  readonly text: string;
  readonly from: 'environment' | '.env';
}

/** As it was written, secrets included, and where it stood. */
export type GivenValues = Readonly<Partial<Record<VariableName, GivenValue>>>;

export const VARIABLE_NAMES = Object.keys(variables) as VariableName[];

/** Null where it is not set, or empty. */
export function given(environment: Environment, name: VariableName): string | null {
  const value = environment[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

export function givenValues(environment: Environment, fromFile: ReadonlySet<string>): GivenValues {
  const entries = VARIABLE_NAMES.map((name) => {
    const text = given(environment, name);
    return [name, text === null ? undefined : { text, from: fromFile.has(name) ? '.env' : 'environment' }];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as GivenValues;
}

/** What is wrong with it is added to the problems. */
export function readVariable(name: VariableName, environment: Environment, problems: string[]): unknown {
  const variable = variables[name];
  const value = given(environment, name) ?? variable.default;
  if (value === null) return null;
  try {
    return variable.read(value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const shown = 'secret' in variable ? 'its value' : JSON.stringify(withoutPassword(value));
    problems.push(`${name} must be ${error.message}; ${shown} is not.`);
    return null;
  }
}

/** An address for another program may be given by mistake, with its password. */
function withoutPassword(value: string): string {
  return value.replace(/(?<=:\/\/)[^/?#]*(?=@)/, '•••');
}
