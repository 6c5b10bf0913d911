import { bar, count, shown, size, type LiveRequest, type Reply, type Services } from '../../src/discord/command.ts';
import type { SyncProgress, SyncResult, VaultView } from '../../src/backup/offsite/api.ts';
import type { Locale } from '../../src/errors.ts';
import { recorded } from './recorded.ts';
import { shortName } from './words.ts';

type Both = Readonly<Record<Locale, string>>;

const STAGES: Readonly<Record<SyncProgress['stage'], Both>> = {
  waiting: { en: 'waiting', ja: '待機しています' },
  listing: { en: 'looking at what is there', ja: '保管先を確認しています' },
  packing: { en: 'packing', ja: '準備しています' },
  sending: { en: 'sending', ja: '送信しています' },
  reading: { en: 'reading back', ja: '読み直して確かめています' },
  removing: { en: 'removing old copies', ja: '古いコピーを整理しています' },
};

/** Sends what is not there yet, now, and tells what came of it in each vault. */
export async function sync(request: LiveRequest, services: Services): Promise<Reply> {
  const { offSite } = services;
  const vaults = await offSite.vaults();
  if (vaults.length === 0) return { content: request.say(NO_VAULT) };
  const latest = new Map<string, SyncProgress>();
  const show = () => request.show({ content: progressText(request, [...latest.values()]) });
  for (const { name: vault, label } of vaults) {
    latest.set(vault, { vault, label, stage: 'waiting', backup: null, doneBytes: 0, totalBytes: 0 });
  }
  show();
  const results = await recorded(request, services, { action: 'backups sync' }, () =>
    // Not stopped with its message: it would be taken up again by itself.
    offSite.sync({
      onProgress(progress) {
        latest.set(progress.vault, progress);
        show();
      },
    }),
  );
  const after = await offSite.vaults().catch(() => []); // what was sent is sent, whatever they hold now
  const content = results.map((result) => resultText(request, result, after)).join('\n');
  return { content, late: { content } };
}

function progressText(request: LiveRequest, all: readonly SyncProgress[]): string {
  const lines = all.map(({ label, stage, backup, doneBytes, totalBytes }) => {
    const figures = totalBytes > 0 ? ` ${bar(doneBytes, totalBytes)} ${size(doneBytes)} / ${size(totalBytes)}` : '';
    const what = backup === null ? '' : ` ${shortName(backup)}`;
    return `> ${shown(label, 120)}: ${request.say(STAGES[stage])}${what}${figures}`;
  });
  const head = request.say({
    en: '☁️ **Sending copies** · answers and backups go on as usual',
    ja: '☁️ **コピーを送信中** · 質問への回答とバックアップは通常どおりです',
  });
  return [head, ...lines].join('\n');
}

function resultText(request: LiveRequest, result: SyncResult, vaults: readonly VaultView[]): string {
  const { vault, sent, removed, problems } = result;
  const label = shown(result.label, 120);
  const view = vaults.find(({ name }) => name === vault);
  const copies = view === undefined ? '' : holds(request, view);
  if (problems.length > 0) {
    const why = problems.slice(0, 2).map((words) => shown(request.say(words), 400));
    return `⚠️ **${label}**${copies}\n> ${why.join('\n> ')}`;
  }
  const did =
    sent.length + removed.length === 0
      ? request.say({ en: 'everything was there already', ja: 'すべて保管済みです' })
      : request.say({
          en: `${count(sent.length)} sent and read back, ${count(removed.length)} old removed`,
          ja: `${count(sent.length)} 件を送信して検証、古い ${count(removed.length)} 件を削除`,
        });
  return `✅ **${label}** · ${did}${copies}`;
}

function holds(request: LiveRequest, { verified, quota }: VaultView): string {
  const copies = request.say({
    en: `${verified.length} good ${verified.length === 1 ? 'copy' : 'copies'}`,
    ja: `検証済みのコピー ${verified.length} 件`,
  });
  if (quota === null) return ` · ${copies}`;
  const of = quota.limitBytes === null ? '' : ` / ${size(quota.limitBytes)}`;
  return ` · ${copies} · ${size(quota.usedBytes)}${of}`;
}

const NO_VAULT = {
  en: 'No place for copies off this machine is configured. A volume is not a backup: set GITHUB_SYNC_ENABLED, S3_BUCKET or VAULT_DIRECTORY; docs/deployment/off-site.md says how.',
  ja: 'マシンの外の保管先が設定されていません。ボリュームはバックアップではありません。GITHUB_SYNC_ENABLED、S3_BUCKET、VAULT_DIRECTORY のいずれかを設定してください。手順は docs/deployment/off-site.ja.md にあります。',
};
