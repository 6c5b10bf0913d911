import { percentDecoded } from './alert-values.ts';
import { given, VARIABLE_NAMES, type Environment, type GivenValues } from './environment.ts';
import { formerPassphrases, withoutQuotes } from './env-lines.ts';
import { isPhrase } from './mask.ts';
import { variables } from './variables.ts';

/** The values that must never be logged; of a list with secrets in it, every part. */
export function secretsOf(environment: Environment): string[] {
  const secrets = VARIABLE_NAMES.filter((name) => 'secret' in variables[name])
    .map((name) => given(environment, name))
    .filter((value) => value !== null);
  // Shorter parts are the words of a passphrase with commas: masking them would eat the log.
  const parts = secrets.flatMap((value) => value.split(',')).filter((part) => part.length >= 16);
  const named = parts.map((part) => part.trim().replace(/^[\w.-]*:(read|operate):/, ''));
  const phrases = VARIABLE_NAMES.filter(isPhrase)
    .map((name) => withoutQuotes(given(environment, name) ?? ''))
    .filter((phrase) => phrase !== '');
  phrases.push(...phrases.flatMap(formerPassphrases));
  return [...new Set([...secrets, ...phrases, ...named, ...secrets.flatMap(secretsInAddress)])];
}

/** The same of a configuration that was read. */
export function secretsIn({ given: values }: { readonly given: GivenValues }): string[] {
  return secretsOf(Object.fromEntries(Object.entries(values).map(([name, { text }]) => [name, text])));
}

/** Errors name parts of an address: its password, as it is written and as it is meant, and the path, which is the key to a webhook. */
function secretsInAddress(value: string): string[] {
  return value.split(',').flatMap((part) => {
    if (!/^[a-z]+:\/\//i.test(part.trim()) || !URL.canParse(part.trim())) return [];
    const { password, pathname, search } = new URL(part.trim());
    const keys = [`${pathname}${search}`, pathname.split('/').at(-1) ?? ''].filter(({ length }) => length >= 16);
    return [password, percentDecoded(password), ...keys].filter((one) => one !== '');
  });
}
