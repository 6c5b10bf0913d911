import type { CopyView, RemoteBackup, VaultView } from '../../src/backup/offsite/api.ts';
import type { Locale } from '../../src/errors.ts';
import { ago, shown, type Request, type Services } from '../../src/discord/command.ts';

type Both = Readonly<Record<Locale, string>>;

const VAULTS: Readonly<Record<CopyView['vault'], Both>> = {
  github: { en: 'GitHub', ja: 'GitHub' },
  s3: { en: 'S3', ja: 'S3' },
  folder: { en: 'folder', ja: 'フォルダー' },
};

const STATES: Readonly<Record<CopyView['state'], { readonly mark: string; readonly words: Both }>> = {
  verified: { mark: '☁️', words: { en: '', ja: '' } },
  uploaded: { mark: '☁️', words: { en: ' (not read back)', ja: '（未検証）' } },
  pending: { mark: '⏳', words: { en: ' (waiting)', ja: '（送信待ち）' } },
  failed: { mark: '⚠️', words: { en: ' (failed)', ja: '（失敗）' } },
  rotten: { mark: '⚠️', words: { en: ' (rotten)', ja: '（破損）' } },
};

/** `☁️ GitHub, S3 ⏳ folder (waiting)`; empty where there is no copy and none is wanted. */
export function placesOf(request: Request, copies: readonly CopyView[]): string {
  const byMark = Map.groupBy(copies, ({ state }) => STATES[state].mark);
  const name = ({ vault, state }: CopyView) => `${request.say(VAULTS[vault])}${request.say(STATES[state].words)}`;
  return [...byMark].map(([mark, some]) => `${mark} ${some.map(name).join(', ')}`).join(' ');
}

/** `☁️ only in GitHub` */
export function onlyIn(request: Request, copies: readonly CopyView[]): string {
  const usable = copies.filter(isUsable);
  const [en, ja] = (['en', 'ja'] as const).map((locale) =>
    (usable.length === 0 ? copies : usable)
      .map(({ vault }) => VAULTS[vault][locale])
      .join(locale === 'en' ? ' and ' : 'と'),
  );
  if (usable.length === 0) return request.say({ en: `⚠️ only in ${en}, rotten`, ja: `⚠️ ${ja} のみ（破損）` });
  return request.say({ en: `☁️ only in ${en}`, ja: `☁️ ${ja} のみ` });
}

/** What has rotted is not gone back to. */
export const isUsable = ({ state }: CopyView): boolean => state !== 'rotten';

export function placesLegend(request: Request): string {
  return request.say({ en: '☁️ off-site ⏳ on its way', ja: '☁️ 外部に保管 ⏳ 送信待ち' });
}

/** One line per vault, for one backup: where it is, whether it was read back, or why it is not there. */
export function copyLines(
  request: Request,
  copies: readonly CopyView[],
  vaults: readonly Pick<VaultView, 'name' | 'label'>[],
): string[] {
  return copies.map(({ vault, state, at, readAt, failure }) => {
    const label = shown(vaults.find(({ name }) => name === vault)?.label ?? request.say(VAULTS[vault]), 120);
    const head = `${STATES[state].mark} ${label}`;
    if (state === 'rotten') {
      const [en, ja] =
        readAt === null
          ? ['never read back whole', '無事を確認した記録なし']
          : [`last whole ${ago(readAt)}`, `最後に無事を確認：${ago(readAt)}`];
      return request.say({ en: `${head} · rotten, ${en}`, ja: `${head} · 破損（${ja}）` });
    }
    if (failure !== null) {
      const why = shown(request.say(failure.words), 300);
      return request.say({
        en: `⚠️ ${label}: ${why} Next attempt: ${ago(failure.nextAt)}.`,
        ja: `⚠️ ${label}：${why}次の試み：${ago(failure.nextAt)}`,
      });
    }
    if (state === 'verified') {
      const last = readAt ?? at;
      const when = last === null ? '' : ago(last);
      return request.say({ en: `${head} · last read back ${when}`, ja: `${head} · 最後の読み直し ${when}` });
    }
    return `${head}${request.say(STATES[state].words)}`;
  });
}

/** Whether a restore has to fetch it first: it is not here, or of no use. */
export async function comesFromVault(services: Services, name: string): Promise<boolean> {
  if ((await remoteNamed(services, name)) !== null) return true;
  const here = (await services.backups.list()).find((one) => one.name === name);
  return here?.state === 'damaged' && (await services.offSite.copies()).has(name);
}

/** What only vaults have, by name; null when none of them has it. */
export async function remoteNamed({ offSite }: Services, name: string): Promise<RemoteBackup | null> {
  return (await offSite.elsewhere()).find((one) => one.name === name) ?? null;
}
