import {
  ago,
  size,
  smallPrint,
  slashCommand,
  type Command,
  type LiveRequest,
  type Services,
} from '../src/discord/command.ts';
import { jobLine } from './knowledge/status.ts';

const MARKS = { ok: '🟢', degraded: '🟡', starting: '🟡', down: '🔴' } as const;

export const status = {
  data: slashCommand({ name: 'status', description: { en: 'How I am doing', ja: 'ボットの状態' } }),
  access: 'everyone',
  help: [{ usage: '/status', words: { en: 'how I am doing.', ja: '状態を表示します。' } }],
  reply: 'private',
  run(request, services) {
    const { version, startedAt, parts } = services.health.status();
    const knowledge = services.library.status(request.guildId);
    const well = parts.every(({ state }) => state === 'ok');
    const lines = [
      well
        ? request.say({ en: '🟢 **All is well.**', ja: '🟢 **正常に動作しています。**' })
        : request.say({ en: '🟡 **Not all is well.**', ja: '🟡 **一部に問題があります。**' }),
      request.say({
        en: `${knowledge.documents} ${knowledge.documents === 1 ? 'document' : 'documents'} · ${knowledge.chunks} ${knowledge.chunks === 1 ? 'passage' : 'passages'} in this server`,
        ja: `このサーバーの文書 ${knowledge.documents} 件 · ${knowledge.chunks} 節`,
      }),
      engineLine(request, knowledge.engine),
      request.level === 'everyone' ? '' : details(request, services),
      smallPrint(
        request.say({ en: `NescordBot ${version} · up since `, ja: `NescordBot ${version} · 起動：` }) + ago(startedAt),
      ),
    ];
    return { content: lines.filter((line) => line !== '').join('\n') };
  },
} satisfies Command;

function engineLine(request: LiveRequest, engine: string): string {
  if (engine !== 'offline') return request.say({ en: `Answers: ${engine}`, ja: `回答エンジン：${engine}` });
  return request.say({
    en: 'Answers: offline engine. It picks sentences from the documents; with a GEMINI_API_KEY, answers are written.',
    ja: '回答エンジン：オフライン。文書から文を抜き出します。GEMINI_API_KEY を設定すると、文章で回答します。',
  });
}

function details(request: LiveRequest, { health, library }: Services): string {
  const { parts, freeBytes, totals } = health.status();
  const jobs = library.status(request.guildId).openJobs;
  return [
    ...parts.map(({ name, state, detail }) => `${MARKS[state]} ${name}: ${detail}`),
    ...jobs.slice(0, 5).map((job) => jobLine(job)),
    ...(freeBytes === null
      ? []
      : [request.say({ en: `${size(freeBytes)} of disk space are free`, ja: `ディスクの空き：${size(freeBytes)}` })]),
    ...(request.level === 'operator'
      ? [
          request.say({
            en: `All servers: ${totals.guilds}, with ${totals.documents} documents and ${totals.chunks} passages`,
            ja: `全サーバー：${totals.guilds}（文書 ${totals.documents} 件、${totals.chunks} 節）`,
          }),
        ]
      : []),
  ].join('\n');
}
