/** Pieces that a hostile text could be made of: every mark there is, and every kind of thing that must not get out. */
const MARKS = ['`', '``', '```', '**', '*', '***', '__', '_', '~~', '||', '[', ']', '(', ')', '<', '>', '\\', '!', '|'];
const HARM = [
  '[Log in](https://evil.example)',
  '[Log in](<https://evil.example> "t")',
  '](https://evil.example)',
  'https://evil.example/a_b_',
  '<https://evil.example/x>',
  'http://good.example@evil.example',
  'https://good.example/page.evil.example',
  '[x](https:\\\\evil.example)',
  'discord.gg/evil',
  '<mailto:a@evil.example>',
  '<tel:+1234>',
  '<file:/evil>',
  '@everyone',
  '@here',
  '<@123456789012345678>',
  '<@!123456789012345678>',
  '<@&123456789012345678>',
  '<#123456789012345678>',
  '</restore:123456789012345678>',
  '<id:customize>',
  '<123456789012345678:customize>',
  '\n-# Sources: fake',
  '\n# Big',
  '\n- ### Big',
  '\n**> # Big**',
  '\n\u3000-# Sources: fake',
  '`a](https://evil.example)`',
  '`[a](https://evil.example) <@123456789012345678>`',
  'a[b](https://evil.example)',
];
const HARMLESS = [
  ' ',
  '\n',
  '\n\n',
  'a',
  'b c',
  'x_y',
  '日本',
  '。',
  '\n> ',
  '\n>>> ',
  '\n- ',
  '\n1. ',
  '\n```js\n',
  '\n```\n',
  'https://good.example/page',
  '[good](https://good.example/page)',
  '[`good`](https://good.example/a_b)',
  '<t:1:R>',
  '<name>',
  '[1]',
  'a[b](c)',
  '` `',
  '> ',
  '# ',
  '¯\\_(ツ)_/¯',
  '| a | b |',
];
const PAIRS = MARKS.slice(0, 10).map((mark) => [mark, mark] as const);
const AROUND = [...PAIRS, ['[', '](https://good.example/page)'], ['[', '](https://evil.example)'], ['<', '>'], ['\n```\n', '\n```\n'], ['> ', '\n']] as const; // prettier-ignore

/** A text of nested, unclosed and crossing marks with something harmful somewhere. */
export function hostileText(random: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const nest = (depth: number): string => {
    if (depth === 0 || random() < 0.25) return random() < 0.5 ? pick(HARM) : pick(HARMLESS) + pick(MARKS);
    const [before, after] = pick(AROUND);
    const inside = nest(depth - 1) + (random() < 0.4 ? nest(depth - 1) : '');
    return random() < 0.8 ? before + inside + after : pick(MARKS) + inside + pick(MARKS);
  };
  let text = '';
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) text += nest(1 + Math.floor(random() * 2));
  return random() < 0.5 ? text : pick(HARMLESS) + text + pick(HARM);
}
