import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { sharedData } from './shared-data.ts';

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
}

export interface CheckedRequest {
  readonly method: string;
  readonly path: string;
  /** As the specification writes it: `/channels/{channel_id}/messages`. */
  readonly template: string;
  readonly body: unknown;
}

/** Says what Discord's specification has against a request body; null when nothing. */
export type RequestChecker = (request: CheckedRequest) => string | null;

let loaded: RequestChecker | null | undefined;

/** Null where the folder of evaluation data is absent. Loaded once a process: compiling takes a moment. */
export function discordRequestChecker(): RequestChecker | null {
  loaded ??= load();
  return loaded;
}

function load(): RequestChecker | null {
  const path = sharedData('discord-openapi.json');
  if (path === null) return null;
  const document = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const ajv = new Ajv2020.default({ strict: false, allErrors: false, logger: false });
  ajv.addFormat('snowflake', /^(0|[1-9]\d*)$/);
  ajv.addFormat('nonce', true);
  ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) });
  ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
  ajv.addFormat('int32', true);
  ajv.addFormat('int64', true);
  ajv.addFormat('double', true);
  ajv.addSchema(document, 'discord');
  const compiled = new Map<string, ValidateFunction | null>();
  const validatorOf = (template: string, method: string): ValidateFunction | null => {
    const key = `${method} ${template}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const content = document.paths[template]?.[method]?.requestBody?.content ?? {};
    const hasJson = content['application/json']?.schema !== undefined;
    const steps = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validator = hasJson ? ajv.compile({ $ref: `discord#/${pointer}` }) : null;
    compiled.set(key, validator);
    return validator;
  };
  return ({ method, path: requested, template, body }) => {
    const name = method.toLowerCase();
    if (document.paths[template] === undefined) return `${method} ${requested}: not in Discord's specification`;
    const validate = validatorOf(template, name);
    if (validate === null || validate(withoutKnownMistakes(body))) return null;
    const first = validate.errors?.[0];
    return `${method} ${requested}: ${ajv.errorsText(validate.errors?.slice(0, 3))} (${first?.instancePath ?? ''})`;
  };
}

/** The specification refuses a string `default_member_permissions`, which Discord itself sends and takes. */
function withoutKnownMistakes(body: unknown): unknown {
  if (Array.isArray(body)) return body.map((item) => withoutKnownMistakes(item));
  if (typeof body !== 'object' || body === null) return body;
  const { default_member_permissions: permissions, ...rest } = body as Record<string, unknown>;
  return permissions === undefined
    ? body
    : { ...rest, default_member_permissions: permissions === null ? null : Number(permissions) };
}
