import { counted } from '../counted.ts';
import { AppError, type Locale } from '../errors.ts';
import { FORMAT, type Manifest } from './model.ts';
import type { SqliteReport } from './ports.ts';

type Both = Readonly<Record<Locale, string>>;

/** What this program, as it is configured, can take in. */
export interface Capabilities {
  readonly schemaVersion: number;
  /** Of the local server; null with a remote one, whose folder is not ours to fill. */
  readonly chromaVersion: string | null;
  readonly collectionPrefix: string;
  /** Id of the embedding space in use. */
  readonly space: string;
}

export interface Compatibility {
  /** False when the index is rebuilt from SQLite instead of being taken from the backup. */
  readonly usesIndex: boolean;
  readonly remarks: readonly Both[];
}

/** @throws AppError `conflict` when a newer program made the backup */
export function judgeCompatibility(manifest: Manifest, own: Capabilities): Compatibility {
  const { application, schemaVersion } = manifest;
  if (manifest.format > FORMAT || schemaVersion > own.schemaVersion) {
    const newer = manifest.format > FORMAT ? `format ${manifest.format}` : `schema ${schemaVersion}`;
    const known = manifest.format > FORMAT ? `format ${FORMAT}` : `schema ${own.schemaVersion}`;
    throw new AppError('conflict', {
      en: `${manifest.name} was made by a newer NescordBot (${application.version}, ${newer}); this one knows up to ${known}. Update NescordBot, then restore. Nothing was changed.`,
      ja: `${manifest.name} は新しいバージョンの NescordBot（${application.version}、${newer}）で作成されたため、このバージョン（${known} まで対応）では復元できません。NescordBot を更新してから復元してください。何も変更していません。`,
    });
  }
  const remarks: Both[] = [];
  if (schemaVersion < own.schemaVersion) {
    remarks.push({
      en: `It was made by an older version (${application.version}); its data is brought up to date after the restore.`,
      ja: `古いバージョン（${application.version}）のバックアップです。復元後にデータを現在の形式に更新します。`,
    });
  }
  if (manifest.spaces.length > 0 && !manifest.spaces.includes(own.space)) {
    remarks.push({
      en: `Its vectors are of another embedding model (${manifest.spaces.join(', ')}). Words alone answer until all documents have been embedded again for ${own.space}, which begins by itself.`,
      ja: `別の埋め込みモデル（${manifest.spaces.join('、')}）のベクトルです。復元後、自動的に ${own.space} 用の埋め込みを作り直します。完了するまではキーワード検索だけで回答します。`,
    });
  }
  const obstacle = indexObstacle(manifest, own);
  if (obstacle !== null) remarks.push(obstacle);
  return { usesIndex: obstacle === null, remarks };
}

/** Why the index of the backup is of no use here; null when it is. The index holds nothing that SQLite does not. */
function indexObstacle(manifest: Manifest, own: Capabilities): Both | null {
  const rebuilt = (en: string, ja: string): Both => ({
    en: `${en}, so the search index is rebuilt from the stored vectors.`,
    ja: `${ja}ため、保存済みのベクトルから索引を作り直します。`,
  });
  if (own.chromaVersion === null) return rebuilt('The index is on a remote server', '索引が外部サーバーにある');
  if (manifest.chromaVersion === null) return rebuilt('It holds no index', '索引が含まれていない');
  if (manifest.collectionPrefix !== own.collectionPrefix) {
    return rebuilt(
      `Its collections are named ${manifest.collectionPrefix}, not ${own.collectionPrefix}`,
      `コレクション名が ${own.collectionPrefix} ではなく ${manifest.collectionPrefix} である`,
    );
  }
  // An older Chroma opens a newer one's folder without complaint, and not without harm.
  if (isNewer(manifest.chromaVersion, own.chromaVersion)) {
    return rebuilt(
      `Its index was written by a newer Chroma (${manifest.chromaVersion})`,
      `索引が新しい Chroma（${manifest.chromaVersion}）で作られている`,
    );
  }
  return null;
}

function isNewer(one: string, other: string): boolean {
  const [a, b] = [numbers(one), numbers(other)];
  const place = a.findIndex((number, at) => number !== (b[at] ?? 0));
  return place !== -1 && (a[place] ?? 0) > (b[place] ?? 0);
}

const numbers = (version: string) => (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** How a database that nobody has opened yet differs from what the manifest says of it, in words. */
export function copyProblems(
  { schemaVersion, counts: { tables } }: Pick<Manifest, 'schemaVersion' | 'counts'>,
  found: Pick<SqliteReport, 'schemaVersion' | 'tables'>,
): string[] {
  if (found.schemaVersion !== schemaVersion)
    return [`its schema has version ${found.schemaVersion}, not ${schemaVersion}`];
  return [...new Set([...Object.keys(tables), ...Object.keys(found.tables)])].flatMap((table) => {
    const [said, there] = [tables[table], found.tables[table]];
    if (said === there) return [];
    if (said === undefined) return [`the manifest does not say how many rows ${table} has`];
    return [there === undefined ? `${table} is missing` : `${table} has ${counted(there, 'row')}, not ${said}`];
  });
}

/** Tables that starting the bot writes to, so that their counts prove nothing. */
const ownUse = new Set(['jobs', 'spaces', 'settings', 'usage', 'positions', 'moments']);

/** In words, one line per table whose rows are not as many as the manifest says. */
export function countProblems(
  expected: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(expected).flatMap(([table, rows]) => {
    const there = found[table];
    // A migration may have taken a table away.
    if (ownUse.has(table) || there === undefined || there === rows) return [];
    return [`${table} has ${counted(there, 'row')} instead of ${rows}`];
  });
}
