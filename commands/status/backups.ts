import type { Forecast } from '../../src/backup/api.ts';
import { lossMs, newestVerified, type Coverage } from '../../src/backup/coverage-model.ts';
import type { BackupEntry } from '../../src/backup/model.ts';
import { scheduleInWords } from '../../src/backup/schedule-model.ts';
import { timelineOf, type StateIdentity } from '../../src/backup/state-model.ts';
import type { VaultView } from '../../src/backup/offsite/api.ts';
import {
  ago,
  count,
  counted,
  moment,
  shown,
  size,
  type LiveRequest,
  type Services,
} from '../../src/discord/command.ts';

/** What stands between the bot's knowledge and a lost disk: what would be lost with it, and when the next backup comes. */
export async function backupLines(
  request: LiveRequest,
  { backups, offSite, schedule, health, clock }: Services,
): Promise<string[]> {
  const [entries, coverage, space, vaults] = await Promise.all([
    backups.list(),
    backups.coverage(),
    backups.space(),
    offSite.vaults(),
  ]);
  return [
    newestLine(request, entries),
    ...(newestVerified(entries) === null
      ? []
      : [lossLine(request, coverage, health.status().identity ?? null, clock())]),
    nextLine(request, schedule.current()),
    ...(space.backups === 0 ? [] : [spaceLine(request, space)]),
    ...vaults.map((vault) => vaultLine(request, vault, clock())),
  ];
}

function newestLine(request: LiveRequest, entries: readonly BackupEntry[]): string {
  const verified = newestVerified(entries);
  const drilled = entries.find(
    ({ state, standing, sidecar }) => state === 'good' && standing !== 'foreign' && sidecar?.drilled?.ok === true,
  );
  if (verified === null) {
    return entries.length === 0
      ? request.say({
          en: '⚠️ There is no backup yet. `/backup` makes one.',
          ja: '⚠️ バックアップはまだありません。`/backup` で作成できます。',
        })
      : request.say({
          en: '⚠️ No backup has been verified. `/backups verify` reads one back.',
          ja: '⚠️ 検証済みのバックアップがありません。`/backups verify` で検証できます。',
        });
  }
  const newest = request.say({
    en: `💾 Newest verified backup: ${ago(verified.createdAt)}`,
    ja: `💾 最新の検証済みバックアップ：${ago(verified.createdAt)}`,
  });
  const rehearsed =
    drilled === undefined
      ? request.say({ en: 'no restore was ever rehearsed', ja: '復元の予行演習は未実施' })
      : request.say({
          en: `newest one whose restore was rehearsed: ${ago(drilled.createdAt)}`,
          ja: `予行演習済みで最新のもの：${ago(drilled.createdAt)}`,
        });
  return `${newest} · ${rehearsed}`;
}

/** By what is in the backups, not by their dates: an old one may have everything. */
function lossLine(request: LiveRequest, coverage: Coverage, identity: StateIdentity | null, now: number): string {
  const { behindSince, talkBehind } = coverage;
  if (lossMs(coverage, now) === null) {
    return request.say({
      en: '⚠️ The newest backup lacks something I was taught; how much cannot be told, as the clock and the backup disagree. `/backup` makes one.',
      ja: '⚠️ 最新のバックアップに含まれていない学習内容があります。時計とバックアップの日時が食い違うため、どれだけかは分かりません。`/backup` で作成できます。',
    });
  }
  if (behindSince !== null && talkBehind === null) return nothingOfThisState(request, behindSince, identity);
  if (behindSince !== null) {
    return request.say({
      en: `🕒 Not backed up here yet: what I was taught since ${moment(behindSince)}`,
      ja: `🕒 まだバックアップされていないもの：${moment(behindSince)} 以降に学習した内容`,
    });
  }
  const talk = talkBehind ?? 0;
  const since = talk === 1 ? 'one question or vote' : `${count(talk)} questions and votes`;
  return request.say({
    en: `🛟 Everything I was taught is backed up${talk === 0 ? '' : `; ${since} since`}`,
    ja: `🛟 学習した内容はすべてバックアップ済みです${talk === 0 ? '' : `（その後の質問と評価 ${count(talk)} 件）`}`,
  });
}

/** What is there now came by a restore, say: it differs from every backup, whether or not anything was taught since. */
function nothingOfThisState(request: LiveRequest, since: number, identity: StateIdentity | null): string {
  const cause = timelineOf(identity)?.cause;
  const [en, ja] =
    cause === 'restore'
      ? ['The restored state', '復元後の状態']
      : cause === 'import'
        ? ['The imported state', 'インポート後の状態']
        : ['The present state', '現在の状態'];
  return request.say({
    en: `🕒 ${en} (since ${moment(since)}) has no backup of its own here yet`,
    ja: `🕒 ${ja}（${moment(since)} 以降）は、まだバックアップされていません`,
  });
}

function nextLine(request: LiveRequest, next: ReturnType<Services['schedule']['current']>): string {
  const { nextAt, afterChangesAt } = next;
  if (afterChangesAt !== null && (nextAt === null || afterChangesAt < nextAt)) {
    const [en, ja] =
      nextAt === null
        ? ['scheduled backups are off', '定期バックアップは停止中']
        : [
            `then ${ago(nextAt)}: ${scheduleInWords(next.rule).en}, ${shown(next.timeZone)}`,
            `その次は ${ago(nextAt)}：${scheduleInWords(next.rule).ja}、${shown(next.timeZone)}`,
          ];
    return request.say({
      en: `🗓️ Next backup ${ago(afterChangesAt)}, of what has changed (${en})`,
      ja: `🗓️ 次回のバックアップ：${ago(afterChangesAt)}、変更後の自動バックアップ（${ja}）`,
    });
  }
  if (nextAt === null) {
    return request.say({
      en: '⏸️ Scheduled backups are off.',
      ja: '⏸️ 定期バックアップは停止中です。',
    });
  }
  return request.say({
    en: `🗓️ Next backup ${ago(nextAt)} (${scheduleInWords(next.rule).en}, ${shown(next.timeZone)})`,
    ja: `🗓️ 次回のバックアップ：${ago(nextAt)}（${scheduleInWords(next.rule).ja}、${shown(next.timeZone)}）`,
  });
}

function spaceLine(request: LiveRequest, { backups, usedBytes, bytesPerDay, fullInDays }: Forecast): string {
  const taken = request.say({
    en: `🗄️ ${backups} ${backups === 1 ? 'backup takes' : 'backups take'} ${size(usedBytes)}`,
    ja: `🗄️ バックアップ ${backups} 件で ${size(usedBytes)} を使用`,
  });
  if (bytesPerDay <= 0) return taken;
  const full =
    fullInDays === null
      ? request.say({
          en: 'at the present rate there is room for years',
          ja: '当面いっぱいになる見込みはありません',
        })
      : request.say({
          en: `at the present rate (${size(bytesPerDay)} a day) their volume is full in about ${counted(fullInDays, 'day')}`,
          ja: `現在の増え方（1 日あたり ${size(bytesPerDay)}）では、約 ${fullInDays} 日でボリュームがいっぱいになります`,
        });
  return `${taken} · ${full}`;
}

/** How far behind each place off the machine is, and when it is full. */
function vaultLine(request: LiveRequest, view: VaultView, now: number): string {
  const { label, behindSince, verified, pending, quota, trouble, rotten, readBack } = view;
  const head = `${trouble === null && rotten.length === 0 ? '☁️' : '⚠️'} ${shown(label, 120)}`;
  const state =
    lossMs(view, now) === null
      ? request.say({
          en: 'behind, the clock does not tell since when',
          ja: '未送信あり（時計が不一致のため、いつからかは不明）',
        })
      : behindSince !== null
        ? request.say({ en: `behind since ${moment(behindSince)}`, ja: `${moment(behindSince)} から未送信あり` })
        : verified.length === 0
          ? request.say({ en: 'no copy yet', ja: 'コピーはまだありません' })
          : request.say({
              en: `up to date, ${verified.length} good ${verified.length === 1 ? 'copy' : 'copies'}`,
              ja: `最新、検証済みのコピー ${verified.length} 件`,
            });
  const waiting =
    pending.length === 0
      ? []
      : [request.say({ en: `${pending.length} on their way`, ja: `送信待ち ${pending.length} 件` })];
  const problem = trouble === null ? [] : [shown(request.say(trouble.words), 200)];
  const spoilt = request.say({ en: `${rotten.length} rotten`, ja: `破損 ${rotten.length} 件` });
  const read =
    readBack === null
      ? [request.say({ en: 'copies are not read back again', ja: 'コピーの読み直しなし' })]
      : readBack.newestAt === null
        ? []
        : [
            request.say({
              en: `last read back ${ago(readBack.newestAt)}`,
              ja: `最後の読み直し ${ago(readBack.newestAt)}`,
            }),
          ];
  return [
    head,
    state,
    ...(rotten.length === 0 ? [] : [spoilt]),
    ...waiting,
    ...usageOf(request, quota),
    ...read,
    ...problem,
  ].join(' · ');
}

function usageOf(request: LiveRequest, quota: VaultView['quota']): string[] {
  if (quota === null) return [];
  if (quota.limitBytes === null) return [size(quota.usedBytes)];
  const { usedBytes, limitBytes, days } = quota;
  const used = `${size(usedBytes)} / ${size(limitBytes)}`;
  if (days.to80 === null || days.to80 > 365) return [used];
  return [
    request.say({
      en: `${used}, 80 % in ${counted(days.to80, 'day')}, full in ${days.to100 === null ? 'many days' : counted(days.to100, 'day')}`,
      ja: `${used}、80 % まで ${days.to80} 日、いっぱいになるまで ${days.to100 ?? '…'} 日`,
    }),
  ];
}
