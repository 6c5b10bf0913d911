import type { APIAllowedMentions, APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { MessageFlags } from 'discord-api-types/v10';
import { checkMessageComponents } from './components.ts';
import { checkEmbeds } from './embeds.ts';
import { createForm, isObject, nested, textOf, type Form, type Json, type Path } from './form.ts';

/** The parts of a message body that were understood and are within Discord's limits. */
export interface MessageBody {
  readonly content?: string;
  readonly embeds?: readonly APIEmbed[];
  readonly components?: readonly APIMessageTopLevelComponent[];
  readonly flags?: number;
  readonly allowedMentions?: APIAllowedMentions;
  /** Which files stay (by id) or come (by position), as `attachments` says. */
  readonly attachments?: readonly { readonly id: string; readonly description: string | null }[];
  readonly replyToId?: string;
  readonly failIfNotExists: boolean;
  readonly nonce?: string | number;
}

/**
 * Reads the body of a message that is sent or edited, found at `at` in the request. Null clears a field when editing;
 * unknown fields are ignored.
 */
export function parseMessageBody(value: unknown, at: Path = []): MessageBody {
  const form = nested(createForm(), at);
  const body = form.object([], value ?? {}) ?? {};
  checkMessageFields(form, body);
  form.text(['nonce'], typeof body['nonce'] === 'number' ? String(body['nonce']) : body['nonce'], { max: 25 });
  const reference = isObject(body['message_reference']) ? body['message_reference'] : null;
  form.done();
  return {
    ...messageFields(body),
    ...(reference === null ? {} : { replyToId: String(reference['message_id']) }),
    failIfNotExists: reference?.['fail_if_not_exists'] !== false,
    ...(body['nonce'] === undefined || body['nonce'] === null ? {} : { nonce: body['nonce'] as string | number }),
  };
}

function checkMessageFields(form: Form, body: Json): void {
  form.text(['content'], body['content'], { max: 2_000 });
  checkEmbeds(form, body['embeds']);
  checkMessageComponents(form, body['components']);
  checkMentions(form, body['allowed_mentions']);
  form.list(['attachments'], body['attachments'], { max: 10 });
  const { flags } = body;
  if (typeof flags === 'number' && (flags & MessageFlags.IsComponentsV2) !== 0) {
    form.fail(['flags'], 'UNSUPPORTED', 'This local Discord does not know components v2.');
  }
}

function messageFields(body: Json): Omit<MessageBody, 'failIfNotExists'> {
  const attachments = Array.isArray(body['attachments']) ? body['attachments'].filter(isObject) : null;
  return {
    ...('content' in body ? { content: textOf(body['content']) } : {}),
    ...('embeds' in body ? { embeds: (body['embeds'] ?? []) as APIEmbed[] } : {}),
    ...('components' in body ? { components: (body['components'] ?? []) as APIMessageTopLevelComponent[] } : {}),
    ...(typeof body['flags'] === 'number' ? { flags: body['flags'] } : {}),
    ...(isObject(body['allowed_mentions']) ? { allowedMentions: body['allowed_mentions'] } : {}),
    ...(attachments === null
      ? {}
      : {
          attachments: attachments.map((one) => ({
            id: String(one['id']),
            description: typeof one['description'] === 'string' ? one['description'] : null,
          })),
        }),
  };
}

function checkMentions(form: Form, value: unknown): void {
  if (value === undefined || value === null) return;
  const allowed = form.object(['allowed_mentions'], value);
  if (allowed === null) return;
  const parse = form.list(['allowed_mentions', 'parse'], allowed['parse'], { max: 3 });
  parse.forEach((kind, index) => {
    if (kind === 'users' || kind === 'roles' || kind === 'everyone') return;
    form.fail(
      ['allowed_mentions', 'parse', index],
      'BASE_TYPE_CHOICES',
      "Value must be one of {'users', 'roles', 'everyone'}.",
    );
  });
  for (const kind of ['users', 'roles']) {
    const list = form.list(['allowed_mentions', kind], allowed[kind], { max: 100 });
    if (list.length > 0 && parse.includes(kind)) {
      form.fail(
        ['allowed_mentions'],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
}
