import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOneLine } from '../../src/playground/web/client/markdown/one-line.ts';
import { parseMarkdown } from '../../src/playground/web/client/markdown/blocks.ts';
import type { MarkdownNode } from '../../src/playground/web/client/markdown/tree.ts';
import { growth } from '../support/growth.ts';

/** The tree in a short notation: `bold(a)`, so that expectations read like the message. */
function show(nodes: readonly MarkdownNode[]): string {
  return nodes.map(showOne).join('');
}

function showOne(node: MarkdownNode): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'code':
      return `code(${node.text})`;
    case 'codeBlock':
      return `fence:${node.language}(${node.text})`;
    case 'list':
      return `${node.start === null ? 'ul' : `ol${node.start}`}(${node.items.map((entry) => show(entry)).join(';')})`;
    case 'heading':
      return `h${node.level}(${show(node.children)})`;
    case 'link':
      return `link:${node.url}(${show(node.children)})`;
    case 'user':
    case 'role':
    case 'channel':
      return `${node.kind}:${node.id}`;
    case 'everyone':
      return `ping(${node.text})`;
    case 'command':
      return `command:${node.name}`;
    case 'timestamp':
      return `time:${node.seconds}:${node.style}`;
    case 'emoji':
      return `emoji:${node.name}`;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
    case 'subtext':
    default:
      return `${node.kind}(${show(node.children)})`;
  }
}

const cases: readonly (readonly [why: string, text: string, expected: string])[] = [
  ['marks', '**a** *b* _c_ __d__ ~~e~~ ||f||', 'bold(a) italic(b) italic(c) underline(d) strike(e) spoiler(f)'],
  ['nested marks', '***x*** **a *b* c**', 'bold(italic(x)) bold(a italic(b) c)'],
  ['names with underscores are no italics', 'snake_case_name', 'snake_case_name'],
  ['Japanese around marks', '設定は**ここ**です', '設定はbold(ここ)です'],
  ['escapes', '\\*no\\* \\<@1>', '*no* <@1>'],
  ['inline code keeps marks', '`**a**` ``b ` c``', 'code(**a**) code(b ` c)'],
  ['a fence with a language', 'see:\n```ts\nconst a = 1;\n\nb\n```\nend', 'see:fence:ts(const a = 1;\n\nb)end'],
  ['a fence within a line', 'a ```b``` c', 'a fence:(b) c'],
  ['an unclosed fence is text', '```ts\nabc', '```ts\nabc'],
  ['headings, subtext', '# A\n### B **c**\n-# small\n#no', 'h1(A)h3(B bold(c))subtext(small)#no'],
  ['quotes', '> a\n> b\nc', 'quote(a\nb)c'],
  ['a quote to the end', '>>> a\nb', 'quote(a\nb)'],
  ['lists', '- a\n- b\n  - c\n- d\nend', 'ul(a;bul(c);d)end'],
  ['numbered lists', '3. a\n4. b', 'ol3(a;b)'],
  ['line breaks stay', 'a\n\nb', 'a\n\nb'],
  ['masked links', '[Docs › *x*](https://a.example/b_(c)) (d)', 'link:https://a.example/b_(c)(Docs › italic(x)) (d)'],
  ['citations are no links', 'done. [1] [2]', 'done. [1] [2]'],
  ['bare links leave punctuation', 'see https://a.example/x.', 'see link:https://a.example/x(https://a.example/x).'],
  ['scripts are no links', '[a](javascript:alert)', '[a](javascript:alert)'],
  ['mentions', '<@1> <@!2> <@&3> <#4> @everyone', 'user:1 user:2 role:3 channel:4 ping(@everyone)'],
  [
    'commands, times, emoji',
    '</knowledge add:5> <t:10:R> <t:10> <a:wave:9>',
    'command:knowledge add time:10:R time:10:f emoji:wave',
  ],
  ['HTML is text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
];

for (const [why, text, expected] of cases) {
  test(`Discord's Markdown, ${why}: ${JSON.stringify(text)}`, () => assert.equal(show(parseMarkdown(text)), expected));
}

test('a message of unclosed marks takes work in proportion to its length, up to the length limit', async () => {
  for (const piece of ['**', '*', '_', '[', '||', '`', '> ', '- ', '~~', '<', '__*']) {
    const parse = (size: number) => parseMarkdown(piece.repeat(size / piece.length));
    const times = await growth(parse, { from: 500, to: 8_000 });
    assert.ok(times < 64, `${piece}: ${times} times the work for 16 times the length`);
  }
});

test('a reply quotes a message in one line, without marks, and without what is hidden', () => {
  const names = {
    user: () => ({ name: 'Mika' }),
    role: () => null,
    channel: () => ({ name: 'general' }),
    time: (at: Date) => at.toISOString(),
  };
  assert.equal(
    inOneLine('**Who?**\n> Ask <@1> in <#2>, with `x` [1](https://example.org)\n- one\n- ||two||\n-# small', names),
    'Who? Ask @Mika in #general, with x 1 one █████ small',
  );
  assert.equal(inOneLine('</ask:1> before <t:0:R>', names), '/ask before 1970-01-01T00:00:00.000Z');
});
