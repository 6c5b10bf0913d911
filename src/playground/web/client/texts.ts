import { messageTexts } from './texts-message.ts';
import { composerTexts } from './texts-composer.ts';
import type { ClientLocale } from '../../client-state.ts';

/** The page's own words. What the bot says comes from the bot. */
const texts = {
  ...messageTexts,
  ...composerTexts,
  playground: { en: 'Playground', ja: 'プレイグラウンド' },
  servers: { en: 'Servers', ja: 'サーバー' },
  channels: { en: 'Channels', ja: 'チャンネル' },
  textChannels: { en: 'Text channels', ja: 'テキストチャンネル' },
  directMessages: { en: 'Direct messages', ja: 'ダイレクトメッセージ' },
  members: { en: 'Members', ja: 'メンバー' },
  online: { en: 'Online', ja: 'オンライン' },
  offline: { en: 'Offline', ja: 'オフライン' },
  openChannels: { en: 'Show channels', ja: 'チャンネルを表示' },
  tryAs: { en: 'Try the bot as', ja: '次の立場で試す' },
  member: { en: 'Member', ja: 'メンバー' },
  moderator: { en: 'Moderator', ja: 'モデレーター' },
  operator: { en: 'Operator', ja: '運営者' },
  memberHint: { en: 'Asks questions', ja: '質問できます' },
  moderatorHint: { en: 'Also teaches the bot', ja: 'ボットに知識を追加できます' },
  operatorHint: { en: 'Also runs backups', ja: 'バックアップも行えます' },
  dashboard: { en: 'Dashboard', ja: 'ダッシュボード' },
  dashboardHint: { en: 'Backups and figures, for operators', ja: '運営者向けのバックアップと統計' },
  noDashboard: {
    en: 'The dashboard cannot be opened from here. Set API_TOKEN, and log in with it at /dashboard.',
    ja: 'ここからはダッシュボードを開けません。API_TOKEN を設定し、/dashboard でログインしてください。',
  },
  language: { en: 'Language', ja: '言語' },
  connecting: { en: 'Connecting…', ja: '接続しています…' },
  reconnecting: {
    en: 'The server is not answering. Reconnecting…',
    ja: 'サーバーから応答がありません。再接続しています…',
  },
  botOffline: {
    en: '{bot} is offline. Commands will work again when it is back.',
    ja: '{bot} はオフラインです。復帰すると、またコマンドを使えます。',
  },
  welcomeTitle: { en: 'Welcome to #{channel}', ja: '#{channel} へようこそ' },
  welcomeText: {
    en: 'This is a Discord server on your own machine: no account, and nobody else sees it. {bot} has read its own manual, so you can ask it at once.',
    ja: 'ここは、お使いのコンピューターで動く Discord サーバーです。アカウントは不要で、ほかの人には見えません。{bot} は自分の説明書を読み込み済みなので、すぐに質問できます。',
  },
  welcomeTry: { en: 'Choose a question, then send it', ja: '質問を選んで、送信してみましょう' },
  welcomeThen: { en: 'Then', ja: '次に' },
  welcomeShort: { en: 'This is the start of #{channel}.', ja: 'ここが #{channel} の始まりです。' },
  welcomeDm: {
    en: 'This is the start of your conversation with {bot}.',
    ja: 'ここが {bot} との会話の始まりです。',
  },
  askExample: { en: 'How do I restore a backup?', ja: 'バックアップを復元するには？' },
  askHint: { en: 'Ask, and see the sources', ja: '質問して、出典を確かめる' },
  askMoreExample: { en: 'Which file types can I upload?', ja: 'どの形式のファイルを追加できますか？' },
  askMoreHint: { en: 'Ask something else', ja: 'ほかのことを質問する' },
  'become member': { en: 'Become the member', ja: 'メンバーになる' },
  'become moderator': { en: 'Become the moderator', ja: 'モデレーターになる' },
  'become operator': { en: 'Become the operator', ja: '運営者になる' },
  teachHint: { en: 'Teach it your own text or file', ja: '自分の文章やファイルを覚えさせる' },
  helpHint: { en: 'What else it can do', ja: 'ほかにできること' },
  backupHint: { en: 'Save everything it knows', ja: '知識をすべて保存する' },
  mentionExample: { en: 'who can add documents?', ja: 'だれが文書を追加できますか？' },
  mentionHint: { en: 'Or simply mention it', ja: 'メンションするだけでも' },
} as const satisfies Readonly<Record<string, Readonly<Record<ClientLocale, string>>>>;

export type TextName = keyof typeof texts;

let locale: ClientLocale = 'en';

export function useLocale(next: ClientLocale): void {
  locale = next;
}

export function currentLocale(): ClientLocale {
  return locale;
}

/** The page's text of that name in the person's language, with `{names}` filled in. */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[name][locale].replaceAll(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}
