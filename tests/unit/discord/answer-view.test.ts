import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerReply, draftView } from '../../../src/discord/answer-view.ts';
import type { Reply } from '../../../src/discord/command.ts';
import { passagePage, quoted } from '../../../src/discord/passage-view.ts';
import type { Answer, Passage, Source } from '../../../src/knowledge/model.ts';
import { readByPackage, readByPlayground } from '../../support/markdown-readers.ts';

const around = { heading: 'Which intent?', question: 'Which intent?', locale: 'en', level: 'everyone' } as const;

function passage(id: number, text = 'You need `GuildMessages`.'): Passage {
  return {
    chunkId: id,
    documentId: id,
    title: 'Gateway intents',
    url: 'https://guide.example/intents',
    ordinal: 0,
    headings: ['Privileged intents'],
    text,
    tokens: 10,
    score: 0.5,
    similarity: 0.71,
    bm25: 3.2,
  };
}

function source(number: number): Source {
  const { documentId, title, url, headings } = passage(number);
  return { number, documentId, title, url, headings };
}

function answer(more: Partial<Answer>): Answer {
  return {
    questionId: 7,
    outcome: 'answered',
    rung: 'full',
    notice: null,
    text: 'You need `GuildMessages`. [1]',
    sources: [source(1)],
    nearest: [],
    passages: [passage(1)],
    language: 'en',
    engine: 'gemini-3.6-flash',
    documentCount: 65,
    durationMs: 1834,
    ...more,
  };
}

function messages(reply: Reply): string[] {
  return [reply, ...(reply.more ?? [])].map(({ content }) => content);
}

test('an answer shows the question, the text, its sources as links, and what it was made of', () => {
  const reply = answerReply(answer({}), around);
  assert.equal(
    reply.content,
    [
      '**Which intent?**',
      'You need `GuildMessages`. [1]',
      '',
      '-# Sources: [1] [Gateway intents › Privileged intents](https://guide.example/intents)',
      '-# 1 of 65 documents · 1.8 s · gemini-3.6-flash',
    ].join('\n'),
  );
  const ids = (reply.components ?? []).flatMap(({ components }) => components.map((one) => one.custom_id));
  assert.deepEqual(ids, ['ask:up:7', 'ask:down:7', 'ask:passages:7:1']);
});

test('the small print says that the offline engine answered, and which rung of the ladder it is on', () => {
  const { content } = answerReply(
    answer({ engine: 'offline', rung: 'keywords', notice: 'Only words\nwere compared.' }),
    {
      ...around,
      locale: 'ja',
    },
  );
  assert.match(content, /^-# 65 件中 1 件の文書 · 1\.8 秒 · オフラインエンジン：AI キー未設定/m);
  assert.match(content, /^-# Only words were compared\.$/m);
});

test('a refusal names what was looked for and the closest documents, and tells moderators what they can do', () => {
  const refused = answer({ outcome: 'refused', text: 'nothing', sources: [], nearest: [source(1)] });
  const asked = { ...around, heading: null, question: 'voice *regions* @everyone' };
  assert.equal(
    answerReply(refused, asked).content.split('\n\n')[0],
    "I found nothing about *voice \\*regions\\* @\u200beveryone* in this server's knowledge." +
      ' Closest: [Gateway intents › Privileged intents](https://guide.example/intents)',
  );
  const labels = answerReply(refused, asked).components?.flatMap((row) =>
    row.components.map((one) => ('label' in one ? one.label : '')),
  );
  assert.deepEqual(labels, ['👍', '👎', 'Show nearest passages', 'What I can do']);
  assert.match(answerReply(refused, asked).content, /-# Moderators can teach me with `\/knowledge add`\./);
  assert.match(answerReply(refused, { ...asked, level: 'moderator' }).content, /-# Teach me with/);
});

test('a long answer becomes several messages within Discord’s limit, with the buttons on the last alone', () => {
  const long = Array.from({ length: 120 }, (_, index) => `Sentence ${index} is here to be long enough. [1]`).join(' ');
  const reply = answerReply(
    answer({ text: long, sources: Array.from({ length: 30 }, (_, n) => source(n + 1)) }),
    around,
  );
  const all = messages(reply);
  assert.ok(all.length >= 3);
  assert.ok(all.every((content) => content.length <= 2000 && content.trim() !== ''));
  assert.match(all.join(' '), /Sentence 119/);
  const withButtons = [reply, ...(reply.more ?? [])].map(({ components }) => (components ?? []).length > 0);
  assert.deepEqual(withButtons, [...all.slice(1).map(() => false), true]);
  assert.doesNotMatch(all.at(-1) ?? '', /\[[^\]]*\]\([^)]*$/m, 'no link is cut open');
});

test('passages come in pages with their scores, and a page that is not there becomes one that is', () => {
  const passages = [1, 2, 3].map((id) => passage(id, `Text ${id}\n\`\`\`js\n${'x'.repeat(900)}\n\`\`\``));
  const page = (number: number) =>
    passagePage(passages, { title: 'q', page: number, locale: 'en', idOf: (next) => `p:${next}` });
  assert.match(page(1).content, /score 0\.500 · similarity 0\.71 · BM25 3\.2/);
  assert.match(page(1).content, /^-# Passages 1–2 of 3$/m);
  assert.equal(page(99).content, page(2).content);
  assert.equal(page(Number.NaN).content, page(1).content);
  assert.equal((page(1).content.match(/^> ```/gm) ?? []).length % 2, 0, 'a code block that was cut is closed');
  const disabled = page(2).components?.[0]?.components.map((one) => one.disabled ?? false);
  assert.deepEqual(disabled, [false, true]);
});

test('where passages of an answer are gone with their documents, that is said, not hidden', () => {
  const about = { title: 'q', page: 1, idOf: (next: number) => `p:${next}` };
  const of = (removed: number, locale: 'en' | 'ja') =>
    passagePage([passage(1, 'Here.')], { ...about, removed, locale });
  assert.match(of(1, 'en').content, /^-# Passage 1 of 1\n-# 1 removed source$/m);
  assert.match(of(2, 'en').content, /\n-# 2 removed sources$/);
  assert.match(of(2, 'ja').content, /\n-# 削除された出典 2 件$/);
  assert.doesNotMatch(of(0, 'en').content, /removed/);
});

test('many sources with long names and addresses are all named', () => {
  const sources = Array.from({ length: 20 }, (_, index) => ({
    ...source(index + 1),
    title: `${'Title '.repeat(30)}${index}`,
    url: `https://example.org/${'a'.repeat(300)}${index}`,
  }));
  const all = messages(answerReply(answer({ sources }), around));
  assert.ok(all.every((content) => content.length <= 2000));
  for (const { number } of sources)
    assert.ok(all.join('\n').includes(`[${number}] Title`), `source ${number} is named`);
});

test('an address that would fill the message gives way to the name of the source', () => {
  const url = new URL(`https://example.org/${'あ'.repeat(400)}`).href;
  const reply = answerReply(answer({ sources: [{ ...source(1), url }] }), around);
  assert.match(reply.content, /^-# Sources: \[1\] Gateway intents › Privileged intents$/m);
});

test('a draft under a heading full of marks fits into one message', () => {
  const draft = draftView('*'.repeat(300), 'word '.repeat(1000));
  assert.ok(draft.content.length <= 2000);
});

test('a question that nobody can see gets no empty heading, and one name is given once', () => {
  const near = source(1);
  const reply = answerReply(answer({ outcome: 'refused', sources: [], nearest: [near, near] }), {
    ...around,
    heading: '\u200b\u200b',
  });
  assert.match(reply.content, /^I found nothing/);
  assert.equal(reply.content.split('Gateway intents').length, 2);
});

test('quoted passages of short lines fit, marks included', () => {
  const passages = [passage(1, 'a\n'.repeat(700)), passage(2, '```\n'.repeat(400))];
  const { content } = passagePage(passages, {
    title: '*'.repeat(300),
    page: 1,
    locale: 'en',
    idOf: (next) => `p:${next}`,
  });
  assert.ok(content.length <= 2000, `${content.length}`);
});

test('a passage is quoted as what it says: its own links, no mentions, and tables row by row', () => {
  const text = [
    '## Commands',
    'See [docs](https://docs.example/x) <@123456789012345678> @everyone ||secret||',
    '',
    '| Command | Permission | Cost |',
    '|:--|---|--:|',
    '| /fly | `sky.fly` | 200 |',
    '| `/home` | | 0 \\| 5 |',
    '',
    '```',
    '| a | b |',
    '```',
  ].join('\n');
  const shown = quoted(text);
  assert.equal(
    shown.replaceAll('\u200b', ''),
    [
      '> **Commands**',
      '> See [docs](https://docs.example/x) <@123456789012345678> @everyone ||secret||',
      '> ',
      '> - **/fly** · Permission: `sky.fly` · Cost: 200',
      '> - `/home` · Cost: 0 | 5',
      '> ',
      '> ```',
      '> | a | b |',
      '> ```',
    ].join('\n'),
  );
  for (const { mentions } of [readByPackage(shown), readByPlayground(shown)]) assert.deepEqual(mentions, []);
});
