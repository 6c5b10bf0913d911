import type { Locale } from '../errors.ts';
import type { BackupEntry, BackupKind } from './model.ts';
import type { Standing, StateIdentity, TimelineCause } from './state-model.ts';

type Both = Readonly<Record<Locale, string>>;

/** What of a backup says whose it is, and where it belongs. */
export interface Belonging {
  readonly standing: Standing;
  /** Of a `branch`: what left it. */
  readonly leftBy?: TimelineCause;
  readonly identity: StateIdentity | null;
  /** Null where nothing is known of it. */
  readonly kind: BackupKind | null;
}

export function belongingOf(entry: Pick<BackupEntry, 'standing' | 'leftBy' | 'sidecar'>): Belonging {
  const { standing, leftBy, sidecar } = entry;
  const manifest = sidecar?.manifest;
  return {
    standing,
    ...(leftBy === undefined ? {} : { leftBy }),
    identity: manifest?.identity ?? null,
    kind: manifest?.kind ?? null,
  };
}

/** As the log and RESTORE_INSTALLATION have it. */
const ID_SHOWN = 8;
const shortId = (identity: StateIdentity | null): string => identity?.installationId.slice(0, ID_SHOWN) ?? '?';

/** What left a state, as people are told of it. */
const LEFT: Readonly<Record<TimelineCause, { readonly label: Both; readonly remark: Both }>> = {
  restore: {
    label: { en: 'left behind by a restore', ja: '以前の復元で離れた時点のもの' },
    remark: {
      en: 'An earlier restore left this backup behind: what was given up then comes back.',
      ja: '以前の復元で離れた時点のバックアップです。そのとき手放した内容に戻ります。',
    },
  },
  import: {
    label: { en: 'left behind by an import', ja: '以前のインポートで離れた時点のもの' },
    remark: {
      en: 'An earlier import left this backup behind: what it replaced comes back.',
      ja: '以前のインポートで離れた時点のバックアップです。インポートで置き換えられた内容に戻ります。',
    },
  },
  rollback: {
    label: { en: 'ahead of a database that went back', ja: 'データベースが過去の状態に戻る前のもの' },
    remark: {
      en: 'The database went back behind this backup, because its log was damaged or an older file was put in its place: what was lost then comes back.',
      ja: '書き込みログの破損や古いファイルへの置き換えで、データベースが過去の状態に戻る前のバックアップです。そのとき失われた内容に戻ります。',
    },
  },
  start: {
    label: { en: 'from before the bot began anew', ja: '空の状態から始め直す前のもの' },
    remark: {
      en: 'This backup is from before the bot began anew with an empty database: what was there then comes back.',
      ja: '空のデータベースから始め直す前のバックアップです。そのときの内容に戻ります。',
    },
  },
};

/** In a few words, for a line of a list; null of one that is on the way to what is there now, or of which nothing is known. */
export function standingLabel({ standing, leftBy, identity, kind }: Belonging): Both | null {
  if (kind === null || standing === 'current') return null;
  if (standing === 'foreign') {
    const id = shortId(identity);
    return { en: `another installation's (${id})`, ja: `別のインストールのもの（${id}）` };
  }
  // A safety backup is called so already, and is always left behind.
  if (kind === 'safety') return null;
  if (standing === 'unknown' && identity !== null) {
    const id = shortId(identity);
    return { en: `of installation ${id}`, ja: `インストール ${id} のもの` };
  }
  return standing === 'branch'
    ? LEFT[leftBy ?? 'restore'].label
    : { en: 'origin unknown (older version)', ja: '作成元不明（旧バージョン）' };
}

/** In a sentence, for whoever is about to go back to it; null where there is nothing to beware of. */
export function standingRemark({ standing, leftBy, identity, kind }: Belonging): Both | null {
  if (standing === 'foreign') {
    const id = shortId(identity);
    return {
      en: `This is another installation's backup (${id}): its documents and settings would replace yours.`,
      ja: `別のインストール（${id}）のバックアップです。復元すると、現在の文書と設定は、そのインストールのものに置き換わります。`,
    };
  }
  if (kind === 'safety') {
    return {
      en: 'This is a safety backup: what was there before an earlier restore or import comes back.',
      ja: '復元前の自動バックアップです。以前の復元またはインポートで置き換えられた内容に戻ります。',
    };
  }
  if (standing === 'branch') return LEFT[leftBy ?? 'restore'].remark;
  if (standing === 'current') return null;
  if (identity !== null) {
    const id = shortId(identity);
    return {
      en: `This is a backup of installation ${id}, and nothing here says whether that is yours: see that it is.`,
      ja: `インストール ${id} のバックアップです。ここには照合できる記録がないため、ご自身のものか確認してください。`,
    };
  }
  return {
    en: 'An older version made this backup, and it does not say whose it is: see that it is yours.',
    ja: '旧バージョンで作成されたバックアップで、どのインストールのものかの記録がありません。ご自身のものか確認してください。',
  };
}
