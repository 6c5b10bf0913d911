import type { CreateResult, RetentionPlan } from '../../src/backup/api.ts';
import { contentsOf } from '../../src/backup/contents-model.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import {
  actionId,
  button,
  count,
  counted,
  duration,
  row,
  size,
  type ActionRow,
  type LiveRequest,
  type View,
} from '../../src/discord/command.ts';
import { named, shortName } from './words.ts';

/** A finished backup: what it is, what is in it, whom it kept waiting, what retention did, and where copies of it go. */
export function madeView(request: LiveRequest, { entry, retention }: CreateResult, places = ''): View {
  const manifest = entry.sidecar?.manifest;
  const head = [
    `${entry.state === 'good' ? '✅' : '▫️'} **${named(entry.name)}**`,
    size(entry.sizeBytes),
    ...(manifest === undefined ? [] : [duration(manifest.durationMs, request.locale)]),
    ...(entry.state === 'good' ? [request.say({ en: 'verified', ja: '検証済み' })] : []),
  ].join(' · ');
  const waited =
    manifest === undefined
      ? ''
      : request.say({
          en: ` Answers went on as usual; teaching waited ${duration(manifest.gateMs, 'en')}.`,
          ja: `質問には通常どおりお答えしました（学習の待ち時間 ${duration(manifest.gateMs, 'ja')}）。`,
        });
  return {
    content: [
      head,
      `${contents(request, entry)}${waited}`,
      retentionLine(request, retention),
      ...(places === '' ? [] : [request.say({ en: `Off-site: ${places}`, ja: `外部の保管先：${places}` })]),
    ].join('\n'),
    components: entryButtons(request, entry.name, { list: true }),
  };
}

/** `214 documents · 18,402 passages · 18,402 vectors · 3,911 questions.` */
export function contents(request: LiveRequest, entry: BackupEntry): string {
  const contents = entry.sidecar === null ? null : contentsOf(entry.sidecar.manifest.counts);
  if (contents === null) return '';
  const { documents, passages, vectors, questions } = contents;
  return request.say({
    en: `${counted(documents, 'document')} · ${counted(passages, 'passage')} · ${counted(vectors, 'vector')} · ${counted(questions, 'question')}.`,
    ja: `文書 ${count(documents)} 件 · 該当箇所 ${count(passages)} 件 · ベクトル ${count(vectors)} 件 · 質問 ${count(questions)} 件。`,
  });
}

export function retentionLine(request: LiveRequest, { kept, removed }: RetentionPlan): string {
  const total = kept.length + removed.length;
  if (removed.length === 0) {
    return request.say({ en: `Kept all ${total}; nothing was removed.`, ja: `${total} 件すべてを保持しています。` });
  }
  const shown = removed.slice(0, 5).map(({ name, reason }) => {
    const [short, why] = [shortName(name), request.say(reason)];
    return request.say({ en: `${short} (${why})`, ja: `${short}（${why}）` });
  });
  const more = removed.length > shown.length ? ` +${removed.length - shown.length}` : '';
  return request.say({
    en: `Kept ${kept.length} of ${total}: removed ${shown.join(', ')}${more}.`,
    ja: `${total} 件のうち ${kept.length} 件を保持し、${shown.join('、')}${more} を削除しました。`,
  });
}

export function entryButtons(request: LiveRequest, name: string, more: { readonly list?: boolean } = {}): ActionRow[] {
  return [
    row(
      button(actionId('backups', 'verify', name), request.say({ en: 'Verify again', ja: 'もう一度検証' })),
      button(actionId('restore', 'ask', name), request.say({ en: 'Restore…', ja: '復元…' })),
      ...(more.list ? [button(actionId('backups', 'list', 1), request.say({ en: 'List', ja: '一覧' }))] : []),
    ),
  ];
}
