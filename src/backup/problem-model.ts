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
