import { isAppError } from '../src/errors.ts';
import {
  ago,
  counted,
  cut,
  MESSAGE_LIMIT,
  moment,
  size,
  slashCommand,
  smallPrint,
  type Command,
  type LiveRequest,
  type Services,
} from '../src/discord/command.ts';
import type { OpenAlert, PartStatus } from '../src/health/ports.ts';
import type { LibraryStatus } from '../src/knowledge/api.ts';
import { jobLines } from './knowledge/status.ts';
import { backupLines } from './status/backups.ts';
import { integrityLine } from './status/integrity.ts';
import { noteLines, partLines } from './status/parts.ts';

const MOST_ALERTS = 3;
const MOST_JOBS = 3;

export const status = {
  data: slashCommand({ name: 'status', description: { en: 'How I am doing', ja: 'ボットの状態' } }),
  access: 'everyone',
  help: [{ usage: '/status', words: { en: 'how I am doing.', ja: '状態を表示します。' } }],
  reply: 'private',
  async run(request, services) {
    const { version, startedAt, parts } = services.health.status();
    const alerts = request.level === 'operator' ? services.alerts.open() : [];
    const knowledge = statusOf(request, services);
    const well = alerts.length === 0 && parts.every(({ state }) => state === 'ok');
    const lines = [
      well
        ? request.say({ en: '🟢 **All is well.**', ja: '🟢 **正常に動作しています。**' })
        : request.say({ en: '🟡 **Not all is well.**', ja: '🟡 **一部に問題があります。**' }),
      ...alertLines(request, alerts),
      ...knowledgeLines(request, knowledge),
      ...(request.level === 'everyone' ? learningLines(request, parts) : details(request, services, knowledge)),
      ...(request.level === 'operator' ? noteLines(request, parts, alerts) : []),
      ...(request.level === 'operator'
        ? [...(await backupLines(request, services)), integrityLine(request, services)]
        : []),
      smallPrint(
        request.say({ en: `NescordBot ${version} · up since `, ja: `NescordBot ${version} · 起動：` }) +
          moment(startedAt),
      ),
    ];
    return { content: cut(lines.join('\n'), MESSAGE_LIMIT) };
  },
} satisfies Command;

function alertLines(request: LiveRequest, alerts: readonly OpenAlert[]): string[] {
  const lines = alerts.slice(0, MOST_ALERTS).map(({ severity, words, since }) => {
    const mark = severity === 'critical' ? '🚨' : '⚠️';
    return `${mark} ${cut(request.say(words).replace(/\s+/g, ' '), 250)} · ${ago(since)}`;
  });
  const more = alerts.length - lines.length;
  return more <= 0 ? lines : [...lines, request.say({ en: `… and ${more} more`, ja: `…ほか ${more} 件` })];
}

/** Null while a backup is being restored: then above all somebody wants to know how things are. */
function statusOf({ guildId }: LiveRequest, { library }: Services): LibraryStatus | null {
  try {
    return library.status(guildId);
  } catch (error) {
    if (isAppError(error, 'busy')) return null;
    throw error;
  }
}

function knowledgeLines(request: LiveRequest, knowledge: LibraryStatus | null): string[] {
  if (knowledge === null) {
    return [
      request.say({
        en: '⏪ I am restoring a backup. People who ask are told to wait.',
        ja: '⏪ バックアップを復元しています。質問した方にはお待ちいただいています。',
      }),
    ];
  }
  const { documents, chunks, engine } = knowledge;
  return [
    request.say({
      en: `${counted(documents, 'document')} · ${counted(chunks, 'passage')} in this server`,
      ja: `このサーバーの文書 ${documents} 件 · 該当箇所 ${chunks} 件`,
    }),
    engine === 'offline'
      ? request.say({
          en: 'Answers: offline engine. It picks sentences from the documents; with a GEMINI_API_KEY, answers are written.',
          ja: '回答エンジン：オフライン。文書から文を抜き出します。GEMINI_API_KEY を設定すると、文章で回答します。',
        })
      : request.say({ en: `Answers: ${engine}`, ja: `回答エンジン：${engine}` }),
  ];
}

/** Members need not know of our parts, but of what keeps an answer from being found. */
function learningLines(request: LiveRequest, parts: readonly PartStatus[]): string[] {
  return partLines(
    request,
    parts.filter(({ name, state }) => name === 'jobs' && state !== 'ok'),
  );
}

function details(request: LiveRequest, services: Services, knowledge: LibraryStatus | null): string[] {
  const { parts, freeBytes, volumeBytes, totals } = services.health.status();
  return [
    ...partLines(request, parts),
    ...jobLines(request, services, knowledge?.openJobs ?? [], MOST_JOBS),
    ...(request.level === 'operator'
      ? [
          request.say({
            en: `All servers: ${totals.guilds}, with ${counted(totals.documents, 'document')} and ${counted(totals.chunks, 'passage')}`,
            ja: `全サーバー：${totals.guilds}（文書 ${totals.documents} 件、該当箇所 ${totals.chunks} 件）`,
          }),
          // The machine is the affair of those who run the bot.
          ...(freeBytes === null || volumeBytes === null
            ? []
            : [volumeLine(request, volumeBytes - freeBytes, volumeBytes)]),
        ]
      : []),
  ];
}

function volumeLine(request: LiveRequest, usedBytes: number, volumeBytes: number): string {
  const percent = Math.ceil((100 * usedBytes) / Math.max(1, volumeBytes));
  return request.say({
    en: `💽 Volume: ${size(usedBytes)} of ${size(volumeBytes)} used (${percent} %)`,
    ja: `💽 ボリューム：${size(volumeBytes)} のうち ${size(usedBytes)} を使用（${percent} %）`,
  });
}
