import type { RestorePreview } from '../../src/backup/api.ts';
import {
  actionId,
  ago,
  button,
  count,
  counted,
  cut,
  fitting,
  row,
  shown,
  MESSAGE_LIMIT,
  smallPrint,
  type ActionRow,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { named, personOf, reasonOf, shortName } from './words.ts';

const TITLE_CHARACTERS = [40, 20, 8, 0];
const SMALL_PRINT_CHARACTERS = 150;

type Titles = RestorePreview['documentsLost'];

/** What to do instead; its rows are the buttons that stay when nobody has answered in time. */
interface Otherwise {
  readonly action: 'cancel' | 'stay';
  readonly rows?: readonly ActionRow[];
}

/** What going back would change, with the buttons to do it, or else `otherwise`; both are the asker's alone. */
export function previewView(
  request: LiveRequest,
  services: Services,
  preview: RestorePreview,
  { action, rows = [] }: Otherwise,
): View {
  const { entry } = preview;
  // Everybody in the channel reads this; what other servers' documents are called is none of their business.
  const listed = services.health.status().totals.guilds <= 1;
  const lines = (titleCharacters: number) => [
    heading(request, preview),
    ...changes(request, preview, listed ? titleCharacters : 0),
    ...preview.remarks.map((remark) => `ℹ️ ${cut(request.say(remark), 300)}`),
    request.say({
      en: `About ${seconds(preview.estimatedMs)} s, during which I tell people to wait.${preview.undoable ? " Today's state is saved first, so this can be undone." : ''}`,
      ja: `所要時間は約 ${seconds(preview.estimatedMs)} 秒で、その間は質問をお待ちいただきます。${preview.undoable ? '先に現在の状態を保存するので、元に戻せます。' : ''}`,
    }),
  ];
  const text = fitting(
    TITLE_CHARACTERS.map((most) => () => lines(most).join('\n')),
    MESSAGE_LIMIT - SMALL_PRINT_CHARACTERS,
  );
  const { name } = entry;
  const { args, expiresAt } = services.confirmations.issue(request, {
    purpose: 'restore',
    subject: name,
    about: name,
    text,
    otherwise: rows,
  });
  const limits = smallPrint(
    request.say({
      en: `The buttons are for <@${request.userId}>, and expire ${ago(expiresAt)}.`,
      ja: `ボタンは <@${request.userId}> さん専用です。有効期限：${ago(expiresAt)}`,
    }),
  );
  return {
    content: `${text}\n${limits}`,
    components: [
      row(
        button(actionId('restore', 'go', ...args), request.say({ en: 'Restore', ja: '復元する' }), { style: 'danger' }),
        button(actionId('restore', action, ...args), request.say({ en: 'Cancel', ja: 'やめる' })),
      ),
    ],
  };
}

function heading(request: LiveRequest, { entry }: RestorePreview): string {
  const { sidecar, createdAt, state } = entry;
  const reason = reasonOf(request, entry);
  const facts = [
    ago(createdAt),
    ...(state === 'good' ? [request.say({ en: 'verified', ja: '検証済み' })] : []),
    ...(sidecar?.drilled?.ok === true ? [request.say({ en: 'drilled', ja: '予行演習済み' })] : []),
    ...(sidecar === null ? [] : [personOf(request, sidecar.manifest.by)]),
    ...(reason === null ? [] : [shown(reason, 80)]),
  ];
  const moment = `${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const text = request.say({ en: `Go back to ${moment}`, ja: `${moment} の状態に戻します` });
  return `⏪ **${text}** (${facts.join(' · ')}) · ${shortName(named(entry.name))}`;
}

/** At most so many characters of each title are shown; none where it is 0. */
function changes(request: LiveRequest, preview: RestorePreview, most: number): string[] {
  const { votesChanging: votes, guildsWithOtherSettings: guilds } = preview;
  const lost = [...documents(request, preview.documentsLost, most), ...questions(request, preview.questionsLost)];
  const returning = [
    ...documents(request, preview.documentsReturning, most),
    ...questions(request, preview.questionsReturning),
  ];
  const changing = [
    ...(votes > 0 ? [request.say({ en: counted(votes, 'vote'), ja: `評価 ${count(votes)} 件` })] : []),
    ...(guilds > 0
      ? [request.say({ en: `settings of ${counted(guilds, 'server')}`, ja: `${count(guilds)} サーバーの設定` })]
      : []),
    ...(preview.scheduleChanges
      ? [request.say({ en: 'when backups are made by themselves', ja: '定期バックアップのスケジュール' })]
      : []),
  ];
  const comma = request.say({ en: ', ', ja: '、' });
  const line = (title: string, parts: readonly string[]) =>
    parts.length === 0 ? [] : [`${title}${parts.join(comma)}`];
  const lines = [
    ...line(request.say({ en: 'Would disappear: ', ja: '失われるもの：' }), lost),
    ...line(request.say({ en: 'Would return: ', ja: '戻るもの：' }), returning),
    ...line(request.say({ en: 'Would change: ', ja: '変わるもの：' }), changing),
  ];
  if (lines.length > 0) return lines;
  return [
    request.say({
      en: 'Nothing would disappear, return or change: it holds what there is now.',
      ja: '失われるもの、戻るもの、変わるものはありません。現在と同じ内容です。',
    }),
  ];
}

function questions(request: LiveRequest, number: number): string[] {
  if (number === 0) return [];
  const words = number === 1 ? 'question with its answer' : 'questions with their answers';
  return [request.say({ en: `${count(number)} ${words}`, ja: `質問と回答 ${count(number)} 件` })];
}

function documents(request: LiveRequest, { count: number, titles }: Titles, most: number): string[] {
  if (number === 0) return [];
  const text = request.say({
    en: counted(number, 'document'),
    ja: `文書 ${count(number)} 件`,
  });
  if (most === 0 || titles.length === 0) return [text];
  const names = titles.slice(0, 10).map((title) => `*${shown(title, most)}*`);
  const more = number > names.length ? ' …' : '';
  return [request.say({ en: `${text} (${names.join(', ')}${more})`, ja: `${text}（${names.join('、')}${more}）` })];
}

function seconds(ms: number): string {
  return count(Math.max(1, Math.round(ms / 1000)));
}
