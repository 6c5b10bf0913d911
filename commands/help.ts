import type { Locale } from '../src/errors.ts';
import {
  smallPrint,
  slashCommand,
  type Access,
  type Action,
  type Command,
  type LiveRequest,
  type Services,
  type View,
} from '../src/discord/command.ts';

const RANKS: readonly Access[] = ['everyone', 'moderator', 'operator'];

export const help = {
  data: slashCommand({ name: 'help', description: { en: 'What I can do for you', ja: 'できることの一覧' } }),
  access: 'everyone',
  help: [{ usage: '/help', words: { en: 'this page.', ja: 'このページを表示します。' } }],
  reply: 'private',
  run: show,
  buttons: { show: { reply: 'private', run: show } } satisfies Record<string, Action>,
} satisfies Command;

function show(request: LiveRequest, { commands }: Services): View {
  const rank = RANKS.indexOf(request.level);
  const allowed = commands.filter(({ access }) => RANKS.indexOf(access) <= rank);
  const lines = allowed.flatMap((command) =>
    command.help.map(({ usage, words }) => `- \`${nameShown(command, usage, request.locale)}\`: ${request.say(words)}`),
  );
  const intro = request.say({
    en: "I answer questions from this server's own knowledge, and show where each answer comes from.",
    ja: 'このサーバーのナレッジをもとに質問にお答えし、出典をお示しします。',
  });
  const level = {
    everyone: { en: 'Moderators can do more.', ja: 'モデレーターはほかの操作も行えます。' },
    moderator: { en: 'You see the commands of moderators.', ja: 'モデレーター用のコマンドを表示しています。' },
    operator: { en: 'You see the commands of operators.', ja: '運営者用のコマンドを表示しています。' },
  }[request.level];
  return { content: [intro, '', ...lines, smallPrint(request.say(level))].join('\n') };
}

/** As Discord's menus show it in the person's language: `/knowledge 追加`. */
function nameShown({ data }: Command, usage: string, locale: Locale): string {
  if (locale !== 'ja') return usage;
  if (data.name === usage) return data.name_localizations?.ja ?? usage;
  const options = 'options' in data ? (data.options ?? []) : [];
  const local = new Map(options.map(({ name, name_localizations: names }) => [name, names?.ja ?? name]));
  const [command = '', ...rest] = usage.split(' ');
  return [command, ...rest.map((word) => local.get(word) ?? word)].join(' ');
}
