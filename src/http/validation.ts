import type { FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { AppError, type Words } from '../errors.ts';
import { beginning } from '../plain-text.ts';
import { wholeNumberIn } from '../whole-number.ts';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly ObjectSchema[];
}

interface Field {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Field[];
}

type Part = 'body' | 'querystring' | 'params';

/** What was asked for in other words elsewhere, and how it is said here; told where the route knows that field. */
const FORMER: readonly (readonly [RegExp, string, Words])[] = [
  [
    /^(backup|archive)?(type|kind)$/,
    'reason',
    {
      en: 'every backup made here is one by hand; say why with "reason"',
      ja: 'ここで作成するのは常に手動のバックアップです。理由は "reason" で指定してください',
    },
  ],
  [
    /^(backup|archive)?(file|filename|backup|name|id)$/,
    'name',
    {
      en: 'say which backup with "name", such as nescordbot_backup_20261121_093005',
      ja: 'バックアップは "name" で指定してください（例：nescordbot_backup_20261121_093005）',
    },
  ],
  [
    /hour|time|interval|cron|minute|day|frequency/,
    'rule',
    {
      en: 'say when with "rule", such as "every 6h" or "daily 02:00", and where with "timeZone"',
      ja: '時刻は "rule"（例："every 6h"、"daily 02:00"）、タイムゾーンは "timeZone" で指定してください',
    },
  ],
];

/** Fields that were never of ours, fields that are missing, or else what the validator says: by name, always. */
export function validationWords(
  request: FastifyRequest,
  errors: readonly FastifySchemaValidationError[],
  context: string | undefined,
): Words {
  const part: Part = context === 'querystring' || context === 'params' ? context : 'body';
  const known = fieldsOf(request, part);
  const given = valuesOf(request, part);
  const names = Object.keys(known.properties ?? {});
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const missing = (known.required ?? []).filter((name) => !Object.hasOwn(given, name));
  const remarks = [
    ...(isObject(valueOf(request, part)) || known.properties === undefined ? [] : [noObject]),
    ...unknown.map((name) => unknownWords(name, names)),
    ...missing.map(missingWords),
  ];
  if (remarks.length === 0) return otherWords(part, errors);
  const all =
    names.length === 0
      ? { en: 'Nothing is known here.', ja: 'ここで指定できる項目はありません。' }
      : { en: `Known here: ${names.join(', ')}.`, ja: `ここで指定できる項目：${names.join('、')}。` };
  const some = remarks.slice(0, MOST_REMARKS);
  const place = PLACES[part];
  return {
    en: `${place.en}: ${some.map(({ en }) => en).join('; ')}. ${all.en}`,
    ja: `${place.ja}：${some.map(({ ja }) => ja).join('。')}。${all.ja}`,
  };
}

/**
 * For every route, before the validator: that takes `Infinity`, `0x10` and `1e2` for whole numbers, and in a body null,
 * 1e999 and [1] for texts that nobody wrote.
 * @throws AppError `invalid` that names the field
 */
export async function requireAsWritten(request: FastifyRequest): Promise<void> {
  const body = valuesOf(request, 'body');
  for (const [name, field] of Object.entries(fieldsOf(request, 'body').properties ?? {})) {
    const types = new Set((field.anyOf ?? [field]).map(({ type }) => type));
    if (!types.has('string') || !Object.hasOwn(body, name) || typeof body[name] === 'string') continue;
    if (body[name] === null && types.has('null')) continue;
    throw new AppError('invalid', {
      en: `"${name}" must be a text, in quotation marks.`,
      ja: `"${name}" には文字列（引用符で囲んだ値）を指定してください。`,
    });
  }
  for (const part of ['params', 'querystring'] as const) {
    const given = valuesOf(request, part);
    for (const [name, { type, minimum = 0, maximum = Number.MAX_SAFE_INTEGER }] of Object.entries(
      fieldsOf(request, part).properties ?? {},
    )) {
      const value = given[name];
      if (type !== 'integer' || typeof value !== 'string' || wholeNumberIn(value, minimum, maximum) !== null) continue;
      throw new AppError('invalid', {
        en: `"${name}" must be a whole number from ${minimum} to ${maximum}, in digits; ${shown(value)} is none.`,
        ja: `"${name}" には ${minimum} から ${maximum} までの整数を数字で指定してください（${shown(value)} は使えません）。`,
      });
    }
  }
}

const MOST_REMARKS = 5;
const PLACES = {
  body: { en: 'The body', ja: '本文' },
  querystring: { en: 'The query', ja: 'クエリ' },
  params: { en: 'The address', ja: 'アドレス' },
} as const;

type Both = Exclude<Words, string>;

const shown = (text: string): string => JSON.stringify(beginning(text, 40));
const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

function unknownWords(name: string, known: readonly string[]): Both {
  const quoted = shown(name);
  const same = known.find((one) => bare(one) === bare(name));
  const [, , hint] = FORMER.find(([former, field]) => known.includes(field) && former.test(bare(name))) ?? [];
  const remark: Words | undefined =
    same === undefined ? hint : { en: `it is written "${same}"`, ja: `"${same}" と書いてください` };
  const words = { en: `${quoted} is not known here`, ja: `${quoted} という項目はありません` };
  if (remark === undefined || typeof remark === 'string') return words;
  return { en: `${words.en}: ${remark.en}`, ja: `${words.ja}。${remark.ja}` };
}

const noObject: Both = { en: 'send an object as JSON', ja: 'JSON のオブジェクトを送ってください' };
const missingWords = (name: string): Both => ({ en: `"${name}" is missing`, ja: `"${name}" がありません` });

function otherWords(part: Part, errors: readonly FastifySchemaValidationError[]): Words {
  const [first] = errors;
  const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const place = path === '' ? PLACES[part] : { en: `"${path}"`, ja: `"${path}"` };
  const reason = first?.message ?? 'is not as it should be';
  return { en: `${place.en} ${reason}.`, ja: `${place.ja}の値が正しくありません（${reason}）。` };
}

function fieldsOf(request: FastifyRequest, part: Part): ObjectSchema {
  const schema = request.routeOptions.schema?.[part] as ObjectSchema | undefined;
  return schema?.anyOf?.find(({ properties }) => properties !== undefined) ?? schema ?? {};
}

const valueOf = (request: FastifyRequest, part: Part): unknown =>
  part === 'querystring' ? request.query : request[part];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valuesOf(request: FastifyRequest, part: Part): Readonly<Record<string, unknown>> {
  const value = valueOf(request, part);
  return isObject(value) ? value : {};
}
