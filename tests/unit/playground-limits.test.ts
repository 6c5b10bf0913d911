import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordError, type FormErrors } from '../../src/playground/discord-error.ts';
import { checkChoiceList, checkCommand, checkCommands } from '../../src/playground/limits/commands.ts';
import { createForm } from '../../src/playground/limits/form.ts';
import { parseMessageBody } from '../../src/playground/limits/message.ts';
import { checkModal } from '../../src/playground/limits/modal.ts';

const long = (length: number): string => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** The paths that are refused, e.g. `embeds.0.title`; empty when the body is accepted. */
function refusedPaths(check: () => void): string[] {
  const paths = (at: FormErrors, path: string[]): string[] =>
    Object.entries(at).flatMap(([name, inner]) => {
      if (name === '_errors' || inner === undefined || Array.isArray(inner)) return [path.join('.')];
      return paths(inner, [...path, name]);
    });
  try {
    check();
    return [];
  } catch (error) {
    assert.ok(error instanceof DiscordError);
    assert.equal(error.code, 50035);
    return paths(error.errors ?? {}, []);
  }
}

const button = (index: number, more = {}) => ({ type: 2, style: 1, label: 'b', custom_id: `b${index}`, ...more });
const row = (...components: unknown[]) => ({ type: 1, components });
const select = (options: unknown[], more = {}) => row({ type: 3, custom_id: 's', options, ...more });
const option = (index: number, more = {}) => ({ label: 'o', value: `v${index}`, ...more });

const MESSAGES: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['the longest content', { content: long(2_000) }, []],
  ['too long a content', { content: long(2_001) }, ['content']],
  ['content that is no text', { content: { a: 1 } }, ['content']],
  ['ten embeds', { embeds: many(10, () => ({ title: long(256) })) }, []],
  ['eleven embeds', { embeds: many(11, () => ({ title: 'x' })) }, ['embeds']],
  ['the longest description', { embeds: [{ description: long(4_096) }] }, []],
  ['too long a description', { embeds: [{ description: long(4_097) }] }, ['embeds.0.description']],
  ['too long a footer', { embeds: [{ footer: { text: long(2_049) } }] }, ['embeds.0.footer.text']],
  ['too long an author', { embeds: [{ author: { name: long(257) } }] }, ['embeds.0.author.name']],
  ['26 fields', { embeds: [{ fields: many(26, () => ({ name: 'n', value: 'v' })) }] }, ['embeds.0.fields']],
  [
    'too long a field',
    { embeds: [{ fields: [{ name: long(257), value: long(1_025) }] }] },
    ['embeds.0.fields.0.name', 'embeds.0.fields.0.value'],
  ],
  ['6,000 characters in all', { embeds: [{ description: long(4_000) }, { description: long(2_000) }] }, []],
  ['6,001 characters in all', { embeds: [{ description: long(4_000) }, { description: long(2_001) }] }, ['embeds.1']],
  ['an image that is no link', { embeds: [{ image: { url: 'cat.png' } }] }, ['embeds.0.image.url']],
  ['an image attached', { embeds: [{ image: { url: 'attachment://cat.png' } }] }, []],
  ['five rows of five buttons', { components: many(5, (r) => row(...many(5, (c) => button(r * 5 + c)))) }, []],
  ['six rows', { components: many(6, (r) => row(button(r))) }, ['components']],
  ['six buttons in a row', { components: [row(...many(6, (c) => button(c)))] }, ['components.0.components']],
  [
    'too long a custom id',
    { components: [row(button(0, { custom_id: long(101) }))] },
    ['components.0.components.0.custom_id'],
  ],
  ['no custom id', { components: [row(button(0, { custom_id: undefined }))] }, ['components.0.components.0.custom_id']],
  ['a link without a link', { components: [row(button(0, { style: 5 }))] }, ['components.0.components.0.url']],
  ['25 options', { components: [select(many(25, (n) => option(n)))] }, []],
  ['26 options', { components: [select(many(26, (n) => option(n)))] }, ['components.0.components.0.options']],
  [
    'the same option twice',
    { components: [select([option(1), option(1)])] },
    ['components.0.components.0.options.1.value'],
  ],
  [
    'too long an option',
    { components: [select([option(1, { label: long(101) })])] },
    ['components.0.components.0.options.0.label'],
  ],
  [
    'a select beside a button',
    { components: [row(button(1), { type: 3, custom_id: 's', options: [option(1)] })] },
    ['components.0.components'],
  ],
  ['components v2', { flags: 1 << 15 }, ['flags']],
  ['users both parsed and listed', { allowed_mentions: { parse: ['users'], users: ['1'] } }, ['allowed_mentions']],
  ['an unknown kind of mention', { allowed_mentions: { parse: ['all'] } }, ['allowed_mentions.parse.0']],
  ['unknown fields', { surprise: true, content: 'x' }, []],
];

for (const [name, body, expected] of MESSAGES) {
  test(`a message with ${name} is ${expected.length === 0 ? 'accepted' : 'refused'}`, () => {
    assert.deepEqual(
      refusedPaths(() => parseMessageBody(body)),
      expected,
    );
  });
}

test('mistakes in an interaction’s answer are told from the root of the body', () => {
  assert.deepEqual(
    refusedPaths(() => parseMessageBody({ content: long(2_001) }, ['data'])),
    ['data.content'],
  );
});

test('a modal has a short title and one to five inputs', () => {
  const refused = (modal: Record<string, unknown>) =>
    refusedPaths(() => {
      const form = createForm();
      checkModal(form, { custom_id: 'm', title: 'T', ...modal });
      form.done();
    });
  const input = (index: number, more = {}) => row({ type: 4, style: 1, label: 'L', custom_id: `i${index}`, ...more });
  assert.deepEqual(refused({ components: many(5, (n) => input(n)) }), []);
  assert.deepEqual(refused({ components: many(6, (n) => input(n)) }), ['components']);
  assert.deepEqual(refused({ title: long(46), components: [input(1)] }), ['title']);
  assert.deepEqual(refused({ components: [input(1, { label: long(46) })] }), ['components.0.components.0.label']);
  assert.deepEqual(refused({ components: [input(1, { value: long(4_001) })] }), ['components.0.components.0.value']);
  assert.deepEqual(refused({ components: [input(1), input(1)] }), ['components.1.components.0.custom_id']);
  assert.deepEqual(refused({ components: [row(button(1))] }), ['components.0.components.0.type']);
});

test('command definitions keep to names, lengths, counts and nesting', () => {
  const refused = (more: Record<string, unknown>) =>
    refusedPaths(() => checkCommand({ name: 'ask', description: 'Ask', ...more }));
  const text = (index: number, more = {}) => ({ type: 3, name: `o${index}`, description: 'd', ...more });
  assert.deepEqual(refused({ name: '質問', options: many(25, (n) => text(n)) }), []);
  assert.deepEqual(refused({ options: many(26, (n) => text(n)) }), ['options']);
  assert.deepEqual(refused({ name: 'Ask' }), ['name']);
  assert.deepEqual(refused({ name: 'Answer this', type: 3, description: undefined }), []);
  assert.deepEqual(refused({ name: long(33) }), ['name']);
  assert.deepEqual(refused({ name_localizations: { ja: 'あ い', xx: 'a' } }), [
    'name_localizations.ja',
    'name_localizations.xx',
  ]);
  assert.deepEqual(refused({ options: [text(1), text(1)] }), ['options.1.name']);
  assert.deepEqual(refused({ options: [text(1, { choices: many(26, (n) => ({ name: 'c', value: `${n}` })) })] }), [
    'options.0.choices',
  ]);
  assert.deepEqual(refused({ options: [text(1, { autocomplete: true, choices: [{ name: 'c', value: 'c' }] })] }), [
    'options.0.choices',
  ]);
  assert.deepEqual(refused({ options: [{ type: 1, name: 'add', description: 'd' }, text(1)] }), ['options']);
  const nested = { type: 1, name: 'a', description: 'd', options: [{ type: 1, name: 'b', description: 'd' }] };
  assert.deepEqual(refused({ options: [nested] }), ['options.0.options.0.type']);
  assert.deepEqual(refused({ default_member_permissions: '32' }), []);
  assert.deepEqual(refused({ default_member_permissions: 'ManageGuild' }), ['default_member_permissions']);
  assert.deepEqual(
    refusedPaths(
      () =>
        void checkCommands([
          { name: 'a', description: 'd' },
          { name: 'a', type: 3 },
        ]),
    ),
    [],
  );
});

test('choices have names of up to 100 characters', () => {
  const form = createForm();
  checkChoiceList(
    form,
    ['choices'],
    [{ name: long(100), value: 1 }, { name: long(101), value: long(101) }, { name: 'x' }],
  );
  assert.deepEqual(
    refusedPaths(() => form.done()),
    ['choices.1.name', 'choices.1.value', 'choices.2.value'],
  );
});
