import type { Locale } from '../errors.ts';

type Both = Readonly<Record<Locale, string>>;

const KNOWN: readonly (readonly [pattern: RegExp, ja: string])[] = [
  [/^the archive has (\d+) bytes instead of (\d+)$/, 'アーカイブのサイズが $1 バイトで、本来の $2 バイトと異なります'],
  [/^the archive is missing; only its sidecar is there$/, 'アーカイブがなく、付属の記録だけがあります'],
  [/^the archive is empty$/, 'アーカイブが空です'],
  [/^the sidecar belongs to (.+)$/, '付属の記録が別のバックアップ（$1）のものです'],
  [/^its verification failed$/, '検証に失敗しました'],
  [/^The archive (\S+) is damaged.*$/s, 'アーカイブ $1 が破損しています'],
  [/^the archive holds no manifest$/, 'アーカイブにマニフェストがありません'],
  [/^the archive is (.+) under another name$/, 'アーカイブは、名前を変えられた $1 です'],
  [/^sidecar and archive do not agree$/, '付属の記録とアーカイブが一致しません'],
  [/^the archive is not the one written$/, 'アーカイブが作成時のものではありません'],
  [/^(.+) is not in the manifest$/, '$1 はマニフェストにありません'],
  [/^(.+) has changed$/, '$1 が変わっています'],
  [
    /^the (\w+) (\S+) is not of schema version (\d+) of NescordBot$/,
    'データベースに NescordBot のスキーマ（バージョン $3）にはない $1 $2 があります',
  ],
  [
    /^the (\w+) (\S+) is not as schema version (\d+) of NescordBot makes it$/,
    'データベースの $1 $2 が NescordBot のスキーマ（バージョン $3）と異なります',
  ],
  [/^(?:the (?:table|index|trigger|view) )?(\S+) is missing$/, '$1 がありません'],
  [/^its schema has version (\d+), not (\d+)$/, 'データベースのスキーマのバージョンが $1 で、本来の $2 と異なります'],
  [/^the manifest does not say how many rows (\S+) has$/, 'マニフェストに $1 の行数がありません'],
  [/^(\S+) has (\d+) rows?, not (\d+)$/, '$1 の行数が $2 で、本来の $3 と異なります'],
  [
    /^This backup was made by a newer NescordBot \(format (\d+); this one reads up to (\d+)\).*$/,
    '新しいバージョンの NescordBot で作られたバックアップです（形式 $1、対応しているのは $2 まで）。NescordBot を更新してください',
  ],
];

/** What is wrong with a backup, which its record says in English; what is not known here is quoted. */
export function problemInWords(problem: string): Both {
  return { en: problem, ja: inJapanese(problem) ?? problem.split('; ').map(eachInJapanese).join('、') };
}

function inJapanese(problem: string): string | null {
  const known = KNOWN.find(([pattern]) => pattern.test(problem));
  return known === undefined ? null : problem.replace(...known);
}

const eachInJapanese = (problem: string): string => inJapanese(problem) ?? `破損しています（「${problem}」）`;
