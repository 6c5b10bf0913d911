import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestApp } from '../support/app.ts';
import { personOf, teachApp } from '../support/app-person.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';

/** Names, units and what one types; all else in a Japanese reply is Japanese. */
const ALLOWED = new Set(
  'NescordBot Discord Gemini Google API SQLite Chroma GitHub Railway Markdown URL UTC JSON TB GB MB kB SHA Olivia Morgan Mika'
    .concat(' BM ID AI SHA- sometimes')
    .split(' '),
);

/** What is neither code, nor an address, nor a mention, nor a name of a backup, a variable or a file. */
function englishIn(text: string): string[] {
  const words = text
    .replaceAll('\\', '')
    .replaceAll(/`` .* ``|`[^`]*` = .*|```[^]*?```|`[^`]*`/g, ' ')
    .replaceAll(/<[@#/:tT][^>]*>|https?:\/\/\S+/g, ' ')
    .replaceAll(/nescordbot_backup_\w+|\b[A-Z][A-Z\d]*_[A-Z_\d]+\b|[\w-]*[/.][\w./-]+|\b[\da-f]{8,}\b/g, ' ');
  return (words.match(/[A-Za-z][A-Za-z-]+/g) ?? []).filter((word) => !ALLOWED.has(word));
}

const textOf = ({ content, embeds, components }: ClientMessage): string => {
  const labels = JSON.stringify(components).matchAll(/"(?:label|placeholder|description)":"([^"]*)"/g);
  const boxes = embeds.flatMap(({ title, description, fields = [] }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]);
  return [content, ...boxes, ...[...labels].map(([, label]) => label)].join('\n');
};

/** Not a word of progress, which the next one takes the place of. */
const isDone = ({ thinking, content }: ClientMessage): boolean => !thinking && !/[▰▱]|…$/.test(content);

test('a Japanese operator reads Japanese in the reply of every command', async (t) => {
  const vault = join(tempFolder(t), 'copies');
  const backups = join(tempFolder(t), 'backups');
  for (const folder of [vault, backups]) mkdirSync(folder);
  const app = await openTestApp(t, {
    env: { ...quiet, BACKUP_SCHEDULE: 'every 6h', VAULT_DIRECTORY: vault, BACKUP_DIRECTORY: backups },
    firstLesson: false,
  });
  const person = personOf(app, 'operator', 'ja');
  await teachApp(app, '灯台の案内', '# 灯台の案内\n\n灯台は毎日 10 時に開きます。入場料は 500 円です。\n');
  const found: string[] = [];
  const read = (what: string, message: ClientMessage): ClientMessage => {
    const text = textOf(message);
    const english = englishIn(text);
    if (english.length > 0) found.push(`${what}: ${english.join(' ')}\n${text}`);
    return message;
  };
  const say = async (name: string, options: Readonly<Record<string, string | number | boolean>> = {}) =>
    read(name, await (await person.command(name, options)).reply(isDone));

  await say('help');
  await say('status');
  for (const [name, options] of [
    ['ask', { question: '灯台は何時に開きますか？' }],
    ['ask', { question: '次のゲーム大会はいつですか？' }],
    ['ask', { question: 'こんにちは' }],
    ['knowledge list', {}],
    ['knowledge status', {}],
    ['knowledge search', { text: '灯台' }],
    ['knowledge search', { text: '宇宙' }],
    ['knowledge show', { document: '灯台の案内' }],
    ['knowledge show', { document: 'ないもの' }],
    ['privacy show', {}],
    ['privacy export', {}],
    ['privacy forget-me', {}],
    ['backups list', {}],
    ['backups schedule', {}],
    ['alerts list', {}],
    ['alerts test', {}],
    ['settings show', {}],
    ['settings home', {}],
    ['backup', { reason: '整理の前' }],
    ['backups list', {}],
    ['backups sync', {}],
    ['backups cleanup', {}],
    ['status', {}],
  ] as const) {
    await say(name, options);
  }
  const [made] = await app.backups.list();
  const backup = made?.name ?? '';
  for (const name of ['backups show', 'backups verify', 'backups pin', 'backups unpin', 'backups delete', 'restore'])
    await say(name, { backup });
  await say('backups show', { backup: 'nescordbot_backup_20200101_000000' });
  await say('backups schedule', { rule: 'sometimes' });
  await say('backups schedule', { rule: 'weekly sun 02:00', 'time-zone': 'Asia/Tokyo' });
  await say('knowledge remove', { document: '灯台の案内' });
  // What went wrong is told in Japanese, too.
  writeFileSync(join(backups, `${backup}.tar.zst`), 'damaged');
  await say('backups verify', { backup });
  await say('backups list');
  await say('restore', { backup });
  await say('settings audit');
  assert.deepEqual(found, []);
});
