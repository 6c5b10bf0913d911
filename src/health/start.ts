import { isAbsolute } from 'node:path';
import { counted } from '../counted.ts';
import type { Locale, Words } from '../errors.ts';
import { describeMarker, earlierApplication, isAheadOf } from './marker.ts';
import type { Marker, Trace } from './ports.ts';

/** What lies where the bot keeps things, before anything is opened. */
export interface Findings {
  /** The Discord application that is to run on it. */
  readonly application: string | null;
  readonly database: {
    readonly file: string;
    /** `empty`: no document, no question, no marker. `unreadable`: opening it will say why. */
    readonly state: 'absent' | 'empty' | 'content' | 'unreadable';
    /** Whether there is anything that an index is made of. */
    readonly hasVectors: boolean;
    readonly marker: Marker | null;
    /** From the file beside it. */
    readonly folderMarker: Marker | null;
  };
  readonly index: {
    /** A folder, or the address of a server. */
    readonly place: string;
    /** Of ours; null when there is an index that cannot be read. */
    readonly collections: number | null;
    readonly marker: Marker | null;
    /** From the file in the local server's folder. */
    readonly folderMarker: Marker | null;
  };
  readonly backups: {
    readonly folder: string;
    readonly count: number;
    readonly newest: string | null;
    readonly marker: Marker | null;
  };
}

/** Words in both languages are for operators in Discord, too. */
export interface Notice {
  readonly level: 'info' | 'warn';
  readonly words: Words;
}

export interface Verdict {
  /** Why the bot must not start on this, and the ways out; null when it may. */
  readonly refusal: string | null;
  readonly notices: readonly Notice[];
  /** More is remembered of the database than is in it. */
  readonly isBehind: boolean;
}

/** What tells of an earlier database, on this machine. `cliCommand` is what the shell commands begin with here. */
export function tracesOf({ database, index, backups }: Findings, cliCommand: string): Trace[] {
  const traces: Trace[] = [];
  const remembered = (place: string, marker: Marker | null) => {
    if (marker !== null) traces.push({ what: `${place} remembers ${describeMarker(marker)}`, wayBack: null });
  };
  remembered('the folder of the database', database.folderMarker);
  if (index.collections === null)
    traces.push({ what: `an index that cannot be read, in ${index.place}`, wayBack: null });
  else if (index.collections > 0) {
    traces.push({
      what: `an index with ${counted(index.collections, 'collection')}, in ${index.place}`,
      wayBack: null,
    });
  }
  remembered(`the index in ${index.place}`, index.marker ?? index.folderMarker);
  if (backups.newest !== null) {
    traces.push({
      what: `${counted(backups.count, 'backup')} in ${backups.folder}, the newest ${backups.newest}`,
      wayBack: `${cliCommand} backup restore ${backups.newest}`,
    });
  }
  remembered(`the backup folder ${backups.folder}`, backups.marker);
  return traces;
}

/** Whether the bot may begin where there is no database yet. */
export function judgeEmpty({ database }: Findings, traces: readonly Trace[], allowEmpty: boolean): Verdict {
  if (traces.length === 0) return { refusal: null, notices: [], isBehind: false };
  const state =
    database.state === 'absent' ? `There is no database at ${database.file}` : `The database ${database.file} is empty`;
  const found = traces.map(({ what }) => `\n  - ${what}`).join('');
  if (allowEmpty) {
    const words = `${state}, and a new one is begun, as ALLOW_EMPTY_START says. Remove ALLOW_EMPTY_START now. There are traces of an earlier one:${found}`;
    return { refusal: null, notices: [{ level: 'warn', words }], isBehind: false };
  }
  const ways = [
    ...(isAbsolute(database.file)
      ? ['mount the volume that holds it, and start again']
      : ['put it back, and start again']),
    ...traces.flatMap(({ wayBack }) => (wayBack === null ? [] : [`restore a backup: ${wayBack}`])),
    'begin with an empty one all the same: set ALLOW_EMPTY_START=true for one start',
  ];
  return {
    refusal: `${state}, but there are traces of an earlier one, so none was begun:${found}\nWays out:${ways.map((way) => `\n  - ${way}`).join('')}`,
    notices: [],
    isBehind: false,
  };
}

/** Whether what there is belongs together. The database is the record; the index can be made from it. */
export function judgeKnown(found: Findings, marker: Marker, allowEmpty: boolean): Verdict {
  const { database, index, backups } = found;
  const notices: Notice[] = [];
  const warn = (words: Words) => void notices.push({ level: 'warn', words });
  const own = (other: Marker | null) => other !== null && other.installationId === marker.installationId;
  const indexMarker = index.marker ?? index.folderMarker;
  if (indexMarker !== null && !own(indexMarker)) {
    const crossed = `The database ${database.file} belongs to ${describeMarker(marker)}, but the index in ${index.place} to ${describeMarker(indexMarker)}.`;
    // A database that was put into its folder by hand has another's marker beside it, or none.
    if (own(database.folderMarker) && !allowEmpty) return { refusal: crossed + crossedWays, notices, isBehind: false };
    warn(`${crossed} The index is made anew from the database.`);
  } else if (index.collections === 0 && marker.starts > 0 && database.hasVectors) {
    const known = indexMarker === null ? 'came up empty' : 'was emptied';
    notices.push({
      level: indexMarker === null ? 'warn' : 'info',
      words: `The index in ${index.place} ${known} and is made anew from the database. Should it be on a volume, see that the volume is mounted.`,
    });
  }
  if (database.folderMarker !== null && !own(database.folderMarker)) {
    warn(
      `The database ${database.file} belongs to ${describeMarker(marker)}, while its folder remembers ${describeMarker(database.folderMarker)}: it was exchanged by hand, and stays.`,
    );
  }
  const earlier = earlierApplication(marker, found.application);
  if (earlier !== null) warn(changedHands(database.file, earlier, found.application ?? ''));
  const remembered = [database.folderMarker, indexMarker, backups.marker].filter((other) => other !== null);
  const ahead = remembered
    .filter((other) => isAheadOf(other, marker))
    .sort(byProgress)
    .at(-1);
  if (ahead !== undefined) warn(wentBack(database.file, marker, ahead));
  if (backups.marker !== null && !own(backups.marker)) {
    warn(
      `The backups in ${backups.folder} are of ${describeMarker(backups.marker)}, not of this one. They are left alone: retention neither counts nor removes them. Set BACKUP_DIRECTORY to a folder of its own to keep them apart.`,
    );
  }
  return { refusal: null, notices, isBehind: ahead !== undefined };
}

const crossedWays =
  ' Nothing was changed. Ways out:' +
  '\n  - mount volumes that belong together, and start again' +
  '\n  - where two bots share one Chroma server, give each its own CHROMADB_COLLECTION_NAME' +
  '\n  - keep the database and make the index anew from it: set ALLOW_EMPTY_START=true for one start';

const byProgress = (a: Marker, b: Marker): number => a.starts - b.starts || progressOf(a) - progressOf(b);
const progressOf = ({ position }: Marker): number => (position === null ? 0 : position.knowledge + position.talk);

function changedHands(file: string, before: string, now: string): Words {
  return {
    en: `The database ${file} was last run as the Discord application ${before}, and DISCORD_TOKEN is that of ${now}, which goes on with its documents, settings and people; its backups are those of ${now} from now on. If that was not meant, stop this bot and start each with its own DISCORD_TOKEN, DATA_DIR and vault.`,
    ja: `データベース ${file} を前回使っていたのは Discord アプリケーション ${before} ですが、現在の DISCORD_TOKEN は ${now} のものです。文書・設定・メンバーのデータはそのまま引き継がれ、今後のバックアップは ${now} のものになります。意図したものでなければこのボットを停止し、それぞれのボットを正しい DISCORD_TOKEN・DATA_DIR・保管先で起動してください。`,
  };
}

/** An older file lies there, or the log of this one has lost what was committed. */
function wentBack(file: string, marker: Marker, remembered: Marker): Words {
  const [here, there] = [howFar(marker), howFar(remembered)];
  return {
    en: `The database ${file} is behind what is remembered of it: it is of ${here.en}, while ${there.en} is remembered. What came in between is missing. If nobody put an older file there on purpose, its log was damaged or the volume came up as it was then. The bot goes on from here on a timeline of its own; /backups list shows the backups that have more, and /restore brings them back.`,
    ja: `データベース ${file} は、記録より前の状態です（データベース：${here.ja}、記録：${there.ja}）。その間の内容は失われています。意図して古いファイルを置いたのでなければ、書き込みログが壊れたか、ボリュームが過去の状態で起動しています。ボットはこの状態から新しいタイムラインとして続行します。より新しい内容を含むバックアップは /backups list で確認し、/restore で復元できます。`,
  };
}

function howFar({ starts, lastStartAt, position }: Marker): Readonly<Record<Locale, string>> {
  const day = new Date(lastStartAt).toISOString();
  if (position === null) return { en: `start ${starts} (${day})`, ja: `起動 ${starts} 回目、${day}` };
  const { knowledge, talk } = position;
  return {
    en: `start ${starts} (${day}), position ${knowledge} (questions: ${talk})`,
    ja: `起動 ${starts} 回目、${day}、位置 ${knowledge}（質問は ${talk}）`,
  };
}
