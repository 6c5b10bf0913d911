import type { ApiDocument } from './api-client.ts';
import { seeded } from './seeded.ts';

export interface FuzzRequest {
  readonly method: string;
  /** As the document has it: `/api/jobs/{id}`. */
  readonly template: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or whatever was put in its place; null sends none. */
  readonly body: string | null;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** Names and numbers that exist, so that some requests come through to the work itself. */
export interface Known {
  readonly backup: string;
  readonly guild: string;
}

const TEXTS = [
  '',
  ' ',
  '..',
  '../../etc/passwd',
  '%2e%2e%2f',
  '%00',
  '\0',
  '\u202e',
  '\ud800',
  '🧨',
  '👩‍👩‍👧',
  "' OR 1=1 --",
  '<img src=x onerror=alert(1)>',
  '${7*7}',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e309',
  '9007199254740993',
  '99999999999999999999',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999+14:00',
  'x'.repeat(3_000),
] as const;
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  [[]],
  {},
  { toString: 1 },
  { length: -1 },
  [null],
];
/** What JSON.parse makes no plain value of, and what it does not take at all. */
const BODIES = [
  '',
  '{',
  '[]',
  '"text"',
  'null',
  '0',
  '{"__proto__":{"scope":"operate"}}',
  '{"constructor":{"prototype":{"scope":"operate"}}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '\ufeff{}',
  '{"a":1,"a":2}',
  '{"n":1e999}',
] as const;
const TYPES = [
  'application/json',
  'text/markdown',
  'application/octet-stream',
  'text/plain',
  'text/html',
  'application/json; charset=utf-16',
  'a/b',
  '',
] as const;
const HEADERS: readonly (readonly [string, string])[] = [
  ['accept-language', 'ja,'.repeat(3_000)],
  ['accept', 'text/html;q=0.1, \u00ff'],
  ['idempotency-key', 'k'.repeat(5_000)],
  ['idempotency-key', '\u00ff'],
  ['cookie', 'nescordbot_session=%00; __proto__=1'],
  ['x-forwarded-for', '::1, <x>, 999.1.1.1'],
  ['range', 'bytes=5-1'],
  ['origin', 'null'],
  ['if-none-match', '*'],
];

/** Requests for every operation of the document, each right but for what is wrong with it; `times` of each. */
export function* fuzzRequests(
  document: ApiDocument,
  { seed, times, known }: { readonly seed: number; readonly times: number; readonly known: Known },
): Generator<FuzzRequest> {
  const random = seeded(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const chance = (part: number): boolean => random() < part;

  function right(schema: Schema, name: string): unknown {
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return pick(schema.enum);
    if (schema.anyOf !== undefined) return right(pick(schema.anyOf), name);
    const type = typeof schema.type === 'string' ? schema.type : pick(schema.type ?? ['string']);
    switch (type) {
      case 'object':
        return object(schema, (property, inner) => right(inner, property));
      case 'array':
        return [right(schema.items ?? {}, name)];
      case 'integer':
      case 'number': {
        const { minimum = 0, maximum = 1e9 } = schema;
        return pick([minimum, maximum, Math.min(maximum, minimum + 1)]);
      }
      case 'boolean':
        return chance(0.5);
      case 'null':
        return null;
      default:
        return rightText(schema, name);
    }
  }

  function rightText({ pattern = '', format }: Schema, name: string): string {
    if (format === 'date-time') return '2026-11-20T02:00:00Z';
    if (pattern.includes('nescordbot_backup')) return known.backup;
    if (pattern.includes(String.raw`\d{17`)) return known.guild;
    return name === 'id' ? pick(['1', 'knowledge-1']) : pick(['text', 'daily 02:00', 'Asia/Tokyo']);
  }

  const wrong = (): unknown => (chance(0.6) ? pick(TEXTS) : pick(VALUES));
  function object(
    { properties = {}, required = [] }: Schema,
    value: (name: string, schema: Schema) => unknown,
  ): Record<string, unknown> {
    const names = Object.keys(properties).filter((name) => required.includes(name) || chance(0.6));
    return Object.fromEntries(names.map((name) => [name, value(name, properties[name] ?? {})]));
  }

  function bodyOf(schema: Schema): string {
    if (chance(0.2)) return pick(BODIES);
    const whole = schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
    const body = object(whole, (name, inner) => (chance(0.35) ? wrong() : right(inner, name)));
    if (chance(0.1)) body[pick(TEXTS)] = wrong();
    return JSON.stringify(body);
  }

  for (const [template, methods] of Object.entries(document.paths))
    for (const [method, described] of Object.entries(methods))
      for (let time = 0; time < times; time += 1) {
        const { parameters = [], requestBody } = described as Operation;
        const value = (name: string, schema: Schema): string => {
          const found = chance(0.4) ? wrong() : right(schema, name);
          // A lone half of a character has no place in an address.
          return (typeof found === 'string' ? found : JSON.stringify(found)).toWellFormed();
        };
        let path = template;
        const query = new URLSearchParams();
        for (const { name, in: place, schema } of parameters) {
          // An empty name, or one of dots alone, would be another address.
          if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value(name, schema)) || '%20');
          if (place === 'query' && chance(0.6)) query.append(name, value(name, schema));
          if (place === 'query' && chance(0.1)) query.append(name, value(name, schema));
        }
        if (chance(0.1)) query.append(pick(TEXTS).toWellFormed(), 'x');
        const [type = 'application/json', media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
        const hasBody = method !== 'get' && chance(media === undefined ? 0.5 : 0.9);
        const isUsual = chance(media === undefined ? 0.4 : 0.9);
        const headers: Record<string, string> = hasBody ? { 'content-type': isUsual ? type : pick(TYPES) } : {};
        // Logging in and out is for our own page.
        if (template.startsWith('/log')) headers['x-requested-with'] = 'nescordbot';
        if (chance(0.15)) {
          const [name, text] = pick(HEADERS);
          headers[name] = text;
        }
        const search = query.size === 0 ? '' : `?${query.toString()}`;
        yield {
          method: method.toUpperCase(),
          template,
          path: path + search,
          headers,
          body: hasBody ? bodyOf(media?.schema ?? {}) : null,
        };
      }
}
