import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocument } from '../../src/adapters/extract/read.ts';
import { titleOf } from '../../src/adapters/extract/title.ts';

const title = (text: string, name = 'a_file.md') => titleOf(Buffer.from(text), name);

const frontMatter: Record<string, [head: string, title: string]> = {
  'in quotes': ['id: 1\ntitle: "The \\"best\\" guide"', 'The "best" guide'],
  'folded over lines': ['title: >-\n  Ferries in\n  winter\ndescription: x', 'Ferries in winter'],
  'with a comment': ['title: Parking # keep it short\nweight: 3', 'Parking'],
  'on the next line': ['sidebar:\n  title: Nested\ntitle:\n  Rope lengths\nhero:\n  tagline: x', 'Rope lengths'],
  'a number': ['title: 1.10', '1.10'],
  'not quite YAML': ['title: Rules: the short form # draft', 'Rules: the short form'],
  'unclosed quotes': ['title: "Lost and found\nid: 1', 'Lost and found'],
  'quoted key': ["\"title\": 'It''s here'", "It's here"],
  'beside mistakes': ['tags: [a\nbad: : :\ntitle: Fine', 'Fine'],
  'in another case': ['Title: Fine', 'Fine'],
};
for (const [how, [head, expected]] of Object.entries(frontMatter)) {
  test(`the title of YAML front matter is found ${how}, before any heading`, () => {
    assert.equal(title(`---\n${head}\n---\n# Other\n`), expected);
  });
}

test('front matter whose title is none leaves it to the headings', () => {
  for (const head of ['title:', 'title: ~', 'title: ""', 'title: [a, b]', 'title: *alias', 'subtitle: x', 'titles: x'])
    assert.equal(title(`---\n${head}\nid: 1\n---\n# Other\n`), 'Other', head);
});

test('a title of which nothing is seen is none, wherever it stands', () => {
  assert.equal(title('---\ntitle: "\\u200b\\u200d"\n---\n# \u200b\n\n# Seen\n'), 'Seen');
  assert.equal(title('Harbour rules', '\u200b\u2060.md'), 'Harbour rules');
  assert.equal(title('# Rul\u200bes\u202e'), 'Rules');
});

test('TOML front matter gives the title and is no text of the document', () => {
  const page = (head: string) => `+++\n${head}\n+++\n\nCampfires are allowed inside the ring.\n`;
  const head = 'date = 2026-05-01\ntitle = "Camp\\u0066ire policy" # x\n[menu]\ntitle = "Other"';
  assert.equal(title(page(head)), 'Campfire policy');
  assert.equal(title(page("title = '''\nIn two\nlines'''")), 'In two lines');
  assert.equal(title(page('[menu]\ntitle = "Other"')), 'a file');
  assert.equal(title(page('title = "Half right"\nbad = = =')), 'Half right');
  const texts = readDocument(Buffer.from(page(head)), 'a.md').map(({ text }) => text);
  assert.deepEqual(texts, ['Campfires are allowed inside the ring.']);
});

test('front matter names no property of objects', () => {
  const tried = ['---\n__proto__: {title: x}\n---\n', '+++\n__proto__ = {title = "x"}\nconstructor.title = "x"\n+++\n'];
  for (const text of tried) assert.equal(title(`${text}# Fine`), 'Fine');
  assert.equal(Object.hasOwn(Object.prototype, 'title'), false);
});

const headings: Record<string, [text: string, title: string]> = {
  'after a comment in code': ['```sh\n# comment\n```\n\n# Real *title*\n', 'Real *title*'],
  underlined: ['Underlined\n=====\n', 'Underlined'],
  'in HTML': ['<h1 align="center">Lantern &amp; <em>Light</em></h1>\n\nText', 'Lantern & Light'],
  'in HTML inside of other tags': ['<div align="center">\n  <p><h1>\n    Lantern\n  </h1></p>\n</div>', 'Lantern'],
  'in HTML as an image': ['<h1><a href="x"><img src="logo.png" alt="Lantern"></a></h1>', 'Lantern'],
  'after a comment': ['<!--\n# TEMPLATE: delete\nDoor code\n===\n-->\n# Opening hours\n', 'Opening hours'],
  'after a comment of one line': ['<!-- # TEMPLATE -->\n# Opening hours\n', 'Opening hours'],
  'after HTML that is code': ['<pre>\n# make install\n</pre>\n\n# Install', 'Install'],
  'with an escape': ['# 1\\. Pets\n', '1. Pets'],
  'after fences in a fence': ['````md\n```\n# x\n```\n# y\n````\n# Real', 'Real'],
};
for (const [where, [text, expected]] of Object.entries(headings)) {
  test(`without front matter the first top heading is the title: ${where}`, () => {
    assert.equal(title(text), expected);
  });
}

test('without a heading the name is the title, without a name the first line', () => {
  assert.equal(title('## second level only', 'wiki/pet_rules.md'), 'wiki/pet rules');
  assert.equal(title('<!-- # never closed\n# Inside', 'x.md'), 'x');
  assert.equal(title(`あ`.repeat(100_000), 'x.txt'), 'x');
  assert.equal(title('\n\n> **No dogs** in the garden\n\nmore', ''), 'No dogs in the garden');
  assert.equal(title('長'.repeat(100), ''), '長'.repeat(80));
  assert.equal(title('``` \n```', ''), null);
});

test('texts made to be hard to read have no title and do no harm', () => {
  const filled = (unit: string, head = '', tail = '') =>
    `${head}${unit.repeat(Math.ceil(66_000 / unit.length))}${tail}`;
  const awkward = [
    filled('<h1>\n'),
    filled('<a '),
    filled('<!-- \n'),
    filled('[a](', '# '),
    filled('title:\n', '---\n'),
    filled('[', '---\ntitle: ', '\n---\n'),
    `---\ntitle: ${'[{'.repeat(20_000)}\n---\n`,
    `+++\na = ${'['.repeat(60_000)}\n+++\n`,
    `+++\n${'a.'.repeat(30_000)}b = 1\n+++\n`,
    `---\n${Array.from({ length: 6_000 }, (_, n) => `k${n}: *k`).join('\n')}\n---\n`,
  ];
  for (const text of awkward) assert.match(title(text, 'x') ?? '', /^(?:x$|\[)/, text.slice(0, 20));
});
