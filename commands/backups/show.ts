import { problemInWords } from '../../src/backup/problem-model.ts';
import type { BackupEntry, Check } from '../../src/backup/model.ts';
import type { RemoteBackup } from '../../src/backup/offsite/api.ts';
import { belongingOf } from '../../src/backup/standing-model.ts';
import { timelineOf, type StateIdentity } from '../../src/backup/state-model.ts';
import {
  actionId,
  ago,
  button,
  count,
  counted,
  duration,
  moment,
  row,
  shown,
  size,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { copyLines, isUsable, onlyIn, remoteNamed } from './copies.ts';
import { contents, entryButtons } from './made.ts';
import { wantedName } from './name.ts';
import { kindOf, marksOf, named, originOf, personOf, reasonOf, remoteLine } from './words.ts';

export async function show(request: LiveRequest, services: Services): Promise<View> {
  const { backups, offSite } = services;
  const name = wantedName(request);
  const [copies, vaults] = await Promise.all([offSite.copies(), offSite.vaults()]);
  const places = (of: string) => copyLines(request, copies.get(of) ?? [], vaults);
  const remote = await remoteNamed(services, name);
  if (remote !== null) return remoteView(request, remote, places(name));
  const entry = await backups.show(name);
  return entryView(request, entry, places(entry.name));
}

function remoteView(request: LiveRequest, remote: RemoteBackup, places: readonly string[]): View {
  const documents =
    remote.documents === null
      ? []
      : [
          request.say({
            en: counted(remote.documents, 'document'),
            ja: `文書 ${count(remote.documents)} 件`,
          }),
        ];
  const restore = button(actionId('restore', 'ask', remote.name), request.say({ en: 'Restore…', ja: '復元…' }));
  const buttons = remote.copies.some(isUsable) ? [row(restore)] : [];
  const head = remoteLine(request, remote, onlyIn(request, remote.copies), 200);
  const state = stateLine(request, remote.identity);
  return { content: [head, ...documents, ...places, ...state].join('\n'), components: buttons };
}

/** `places`: a line for each copy elsewhere. */
export function entryView(request: LiveRequest, entry: BackupEntry, places: readonly string[] = []): View {
  const { sidecar, problem } = entry;
  const lines = [
    `${marksOf(entry)} **${named(entry.name)}** · ${size(entry.sizeBytes)} · ${ago(entry.createdAt)}`,
    ...(problem === null ? [] : [`> ⚠️ ${shown(request.say(problemInWords(problem)), 500)}`]),
    ...(sidecar === null ? [] : details(request, entry)),
    ...places,
  ];
  return {
    content: lines.filter((line) => line !== '').join('\n'),
    components: entry.state === 'damaged' ? [] : entryButtons(request, entry.name),
  };
}

function details(request: LiveRequest, entry: BackupEntry): string[] {
  const { sidecar } = entry;
  if (sidecar === null) return [];
  const { manifest, verified, drilled, safetyUntil } = sidecar;
  const reason = reasonOf(request, entry);
  return [
    [
      kindOf(request, entry),
      ...originOf(request, belongingOf(entry)),
      personOf(request, manifest.by),
      ...(reason === null ? [] : [shown(reason, 200)]),
    ].join(' · '),
    contents(request, entry),
    request.say({
      en: `Made in ${duration(manifest.durationMs, 'en')}; teaching waited ${duration(manifest.gateMs, 'en')}`,
      ja: `作成 ${duration(manifest.durationMs, 'ja')}、学習の待ち時間 ${duration(manifest.gateMs, 'ja')}`,
    }),
    checkLine(request, verified, { en: 'Verified', ja: '検証' }, { en: 'Never verified', ja: '未検証' }),
    checkLine(
      request,
      drilled,
      { en: 'Restore rehearsed', ja: '復元の予行演習' },
      { en: 'Restore never rehearsed', ja: '復元の予行演習は未実施' },
    ),
    safetyUntil === null
      ? ''
      : request.say({
          en: `Kept until ${moment(safetyUntil)} because a restore can be undone with it`,
          ja: `復元を取り消せるよう、${moment(safetyUntil)} まで保持します`,
        }),
    ...stateLine(request, manifest.identity),
    `-# NescordBot ${shown(manifest.application.version, 20)} · ${request.say({ en: 'schema', ja: 'スキーマ' })} ${manifest.schemaVersion} · SHA-256 \`${sidecar.archive.sha256.slice(0, 16)}…\``,
  ];
}

/** For those who look closely: what decides which backup is the newest. */
function stateLine(request: LiveRequest, identity: StateIdentity | null): string[] {
  const timeline = timelineOf(identity);
  if (identity === null || timeline === null) return [];
  const { knowledge, talk } = identity.position;
  const id = identity.installationId.slice(0, 8);
  return [
    request.say({
      en: `-# Timeline ${timeline.number}, position ${count(knowledge)} (questions and votes ${count(talk)}), installation ${id}: this, not the date, decides which backup is the newest`,
      ja: `-# タイムライン ${timeline.number}、位置 ${count(knowledge)}（質問と評価 ${count(talk)}）、インストール ${id}：どれが最新かは、日時ではなくこれで決まります`,
    }),
  ];
}

type Both = { readonly en: string; readonly ja: string };

function checkLine(request: LiveRequest, check: Check | null, name: Both, never: Both): string {
  if (check === null) return request.say(never);
  const when = `${ago(check.at)} (${duration(check.durationMs, request.locale)})`;
  if (check.ok) return `${request.say({ en: `${name.en} `, ja: `${name.ja}：` })}${when}`;
  return `⚠️ ${request.say({ en: `${name.en}, and failed, `, ja: `${name.ja}に失敗：` })}${when}: ${shown(request.say(problemInWords(check.problems.join('; '))), 300)}`;
}
