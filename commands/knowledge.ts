import {
  cut,
  numberOption,
  subcommand,
  textOption,
  slashCommand,
  fileOption,
  type Action,
  type Command,
} from '../src/discord/command.ts';
import { add, form, learnForm } from './knowledge/add.ts';
import { list } from './knowledge/list.ts';
import { askToRemove, keep, remove, undo } from './knowledge/remove.ts';
import { search, searchPage } from './knowledge/search.ts';
import { show, showPressed } from './knowledge/show.ts';
import { bringBackQuestion, dismissQuestion, knowledgeStatus } from './knowledge/status.ts';

const document = {
  name: 'document',
  ja: '文書',
  description: { en: 'Which document: type a part of its title', ja: '文書：題名の一部を入力してください' },
  required: true,
  suggests: true,
} as const;

const link = { name: 'link', ja: 'リンク', description: { en: 'Where readers find the original', ja: '原文の URL' } };
const title = {
  name: 'title',
  ja: '題名',
  description: { en: 'What to call it in answers', ja: '出典に表示する題名' },
};

export const knowledge = {
  data: slashCommand(
    { name: 'knowledge', description: { en: 'Teach me, and see what I know', ja: 'ナレッジの追加・確認・削除' } },
    [
      subcommand(
        {
          name: 'add',
          ja: '追加',
          description: { en: 'Teach me a text or a file', ja: '文章やファイルを覚えさせます' },
        },
        [
          fileOption({
            name: 'file',
            ja: 'ファイル',
            description: {
              en: 'A .md or .txt file; leave it out to write the text yourself',
              ja: '.md または .txt ファイル。省略すると文章を入力できます',
            },
          }),
          textOption({ ...title, maxLength: 200 }),
          textOption({ ...link, maxLength: 500 }),
        ],
      ),
      subcommand({ name: 'list', ja: '一覧', description: { en: 'All that I know', ja: '覚えている文書の一覧' } }, [
        numberOption({
          name: 'page',
          ja: 'ページ',
          description: { en: 'Which page', ja: 'ページ番号' },
          min: 1,
          max: 99_999,
        }),
      ]),
      subcommand(
        {
          name: 'show',
          ja: '表示',
          description: { en: 'One document and its first passages', ja: '文書の詳細と冒頭' },
        },
        [textOption(document)],
      ),
      subcommand(
        {
          name: 'search',
          ja: '検索',
          description: {
            en: 'Find passages with their scores, without an answer',
            ja: '該当箇所を検索し、スコアを表示します',
          },
        },
        [
          textOption({
            name: 'text',
            ja: '検索語',
            description: { en: 'What to look for', ja: '探したい内容' },
            required: true,
            maxLength: 1000,
          }),
        ],
      ),
      subcommand(
        { name: 'remove', ja: '削除', description: { en: 'Make me forget a document', ja: '文書を削除します' } },
        [textOption(document)],
      ),
      subcommand({
        name: 'status',
        ja: '状態',
        description: { en: 'How much I know, and what I am reading', ja: 'ナレッジの量と、読み込み中の文書' },
      }),
    ],
  ),
  access: 'moderator',
  help: [
    {
      usage: '/knowledge add',
      words: { en: 'teach me a text, or a .md or .txt file.', ja: '文章、または .md・.txt ファイルを覚えさせます。' },
    },
    {
      usage: '/knowledge list · show · search · status',
      words: { en: 'see what I know.', ja: '覚えている内容を確認します。' },
    },
    { usage: '/knowledge remove', words: { en: 'make me forget a document.', ja: '文書を削除します。' } },
  ],
  // What was taught is news for the channel; looking something up is not.
  reply: (request) => (request.subcommand === 'add' ? 'public' : 'private'),
  opens: (request) => (request.subcommand === 'add' && request.file('file') === null ? form(request) : null),
  run(request, services) {
    switch (request.subcommand ?? 'list') {
      case 'add':
        return add(request, services);
      case 'show':
        return show(request, services);
      case 'search':
        return search(request, services);
      case 'remove':
        return askToRemove(request, services);
      case 'status':
        return knowledgeStatus(request, services);
      default:
        return list(request, services, request.number('page') ?? 1);
    }
  },
  complete(request, { library }) {
    return library.suggest(request.guildId, request.text('document') ?? '').map((found) => ({
      name: `${cut(found.title, 80)} (#${found.id})`,
      value: String(found.id),
    }));
  },
  modals: {
    text: { reply: 'public', run: learnForm },
  } satisfies Record<string, Action>,
  buttons: {
    list: { reply: 'update', run: (request, services) => list(request, services, Number(request.args[0])) },
    show: { reply: 'private', run: showPressed },
    search: { reply: 'update', run: searchPage },
    ask: { reply: 'private', run: askToRemove },
    remove: { reply: 'update', run: remove },
    keep: { reply: 'update', run: keep },
    undo: { reply: 'update', run: undo },
    dismiss: { reply: 'update', run: dismissQuestion },
    relist: { reply: 'update', run: bringBackQuestion },
  } satisfies Record<string, Action>,
} satisfies Command;
