import { newestName } from '../../src/backup/coverage-model.ts';
import { problemInWords } from '../../src/backup/problem-model.ts';
import type { BackupEntry, BackupKind, Requester } from '../../src/backup/model.ts';
import type { RemoteBackup } from '../../src/backup/offsite/api.ts';
import { belongingOf, standingLabel, type Belonging } from '../../src/backup/standing-model.ts';
import type { Standing } from '../../src/backup/state-model.ts';
import type { Locale } from '../../src/errors.ts';
import {
  ago,
  authorIn,
  counted,
  cut,
  isPerson,
  shown,
  size,
  type Choice,
  type Request,
  type Services,
} from '../../src/discord/command.ts';
import { plainLine } from '../../src/plain-text.ts';

import { isUsable, onlyIn } from './copies.ts';

const KINDS: Readonly<Record<BackupKind, Readonly<Record<Locale, string>>>> = {
  manual: { en: 'by hand', ja: '手動' },
  scheduled: { en: 'scheduled', ja: '定期' },
  'after-change': { en: 'after a change', ja: '変更後' },
  safety: { en: 'safety backup', ja: '復元前の自動バックアップ' },
};

/** Where it belongs, for those that are not simply on the way to what is there now; nothing for others. */
export function originOf(request: Request, belonging: Belonging): readonly string[] {
  const label = standingLabel(belonging);
  return label === null ? [] : [request.say(label)];
}

export function kindOf(request: Request, entry: BackupEntry): string {
  const kind = entry.sidecar?.manifest.kind;
  return kind === undefined ? request.say({ en: 'unknown kind', ja: '種類不明' }) : request.say(KINDS[kind]);
}

/** As its maker wrote it; what a restore wrote, in the reader's language. */
export function reasonOf(request: Request, { sidecar }: BackupEntry): string | null {
  const reason = sidecar?.manifest.reason || null;
  const [, restored] = /^before the restore of (nescordbot_backup_\w+)$/.exec(reason ?? '') ?? [];
  if (reason === null || restored === undefined || sidecar?.manifest.kind !== 'safety') return reason;
  return request.say({ en: reason, ja: `${restored} を復元する前の状態` });
}

/** What is known of its soundness, as marks; the list has their legend. */
export function marksOf({ state, sidecar, encrypted = false }: BackupEntry): string {
  if (state === 'damaged') return sidecar?.pinned === true ? '⚠️📌' : '⚠️';
  const marks = [
    state === 'good' ? '✅' : '▫️',
    sidecar?.drilled?.ok === true ? '🧪' : '',
    encrypted ? '🔒' : '',
    sidecar?.pinned === true ? '📌' : '',
  ];
  return marks.join('');
}

/** Of the one that would be restored where nobody chooses, which need not be the one with the latest date. */
export const newestMark = ({ name }: { readonly name: string }, newest: string | null): string =>
  name === newest ? '⭐' : '';

export function legend(request: Request): string {
  return request.say({
    en: '⭐ newest: restored if nobody chooses ✅ verified 🧪 drilled 🔒 encrypted 📌 pinned ⚠️ damaged ▫️ not verified yet',
    ja: '⭐ 最新（指定がなければこれを復元） ✅ 検証済み 🧪 予行演習済み 🔒 暗号化 📌 ピン留め ⚠️ 破損 ▫️ 未検証',
  });
}

/** Who asked for a backup: somebody, or one of those that are nobody. */
export const personOf = ({ locale }: Request, { id, name }: Requester): string => authorIn(locale, id, name);

export function requesterOf(request: Request): Requester {
  return { id: request.userId, name: request.userName };
}

/** Without what every name begins with. */
export function shortName(name: string): string {
  return name.replace(/^nescordbot_backup_/, '');
}

/** A name as people see it; ours need no escaping, and what was typed is made harmless. */
export function named(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : shown(name, 80);
}

/** For where Discord shows no relative times: `3 h ago`. */
function age(request: Request, ms: number): string {
  const minutes = Math.max(0, Math.round(Math.abs(ms) / 60_000));
  if (ms < -3_600_000) {
    const [hours, days] = [Math.round(minutes / 60), Math.round(minutes / 1440)];
    return hours < 48
      ? request.say({ en: `dated ${hours} h ahead`, ja: `日時が ${hours} 時間先` })
      : request.say({ en: `dated ${counted(days, 'day')} ahead`, ja: `日時が ${days} 日先` });
  }
  if (minutes < 60) return request.say({ en: `${minutes} min ago`, ja: `${minutes} 分前` });
  const hours = Math.round(minutes / 60);
  if (hours < 48) return request.say({ en: `${hours} h ago`, ja: `${hours} 時間前` });
  const days = Math.round(hours / 24);
  return request.say({ en: `${counted(days, 'day')} ago`, ja: `${days} 日前` });
}

/** What somebody most likely wants to go back to comes first. */
const ORDER: Readonly<Record<Standing, number>> = { current: 0, branch: 1, unknown: 2, foreign: 3 };

/** What fits what was typed so far, by name, kind, reason or person: this bot's own first, then newest first. */
export async function suggest(request: Request, { backups, offSite, clock }: Services): Promise<Choice[]> {
  const typed = (request.text('backup') ?? '').trim().toLowerCase();
  const now = clock();
  const [entries, remotes] = await Promise.all([backups.list(), offSite.elsewhere()]);
  const newest = newestName(entries, remotes);
  const here = entries.map((entry) => ({
    createdAt: entry.createdAt,
    order: ORDER[entry.standing],
    name: describe(request, entry, newestMark(entry, newest), now),
    value: entry.name,
  }));
  // What only a vault has can be looked at and gone back to, and nothing else.
  const isWithout = request.subcommand !== null && request.subcommand !== 'show';
  // Nor does anybody want to go back to what has rotted.
  const offered = (isWithout ? [] : remotes).filter(
    ({ copies }) => request.subcommand === 'show' || copies.some(isUsable),
  );
  const elsewhere = offered.map((remote) => ({
    createdAt: remote.createdAt,
    order: ORDER[remote.standing],
    name: describeRemote(request, remote, newestMark(remote, newest), now),
    value: remote.name,
  }));
  // Of a second one in the same second the name goes on, and what was typed whole is what is meant.
  const isMeant = (value: string) => Number(value === typed || shortName(value) === typed);
  const choices = [...here, ...elsewhere]
    .sort((a, b) => isMeant(b.value) - isMeant(a.value) || a.order - b.order || b.createdAt - a.createdAt)
    .map(({ name, value }) => ({ name, value }));
  return choices.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(typed)).slice(0, 25);
}

function describe(request: Request, entry: BackupEntry, mark: string, now: number): string {
  const parts = [
    `${mark}${marksOf(entry)} ${shortName(entry.name)}`,
    age(request, now - entry.createdAt),
    ...originOf(request, belongingOf(entry)),
    size(entry.sizeBytes),
    reasonOf(request, entry) ?? kindOf(request, entry),
  ];
  return cut(plainLine(parts.join(' · ')), 100);
}

function describeRemote(request: Request, remote: RemoteBackup, mark: string, now: number): string {
  const parts = [
    `${mark}☁️ ${shortName(remote.name)}`,
    age(request, now - remote.createdAt),
    ...originOf(request, remote),
    size(remote.sizeBytes),
    onlyIn(request, remote.copies).replace('☁️ ', ''),
    remote.reason ?? '',
  ];
  const words = parts.filter((part) => part !== '').join(' · ');
  return cut(plainLine(words), 100);
}

/** A copy's note has their name and no more. */
const byOf = ({ locale }: Request, name: string): string => (isPerson(name) ? shown(name, 40) : authorIn(locale, name));

/** Of a backup that this machine does not have any more. */
export function remoteLine(request: Request, remote: RemoteBackup, places: string, most: number): string {
  const { drilled, pinned, kind, by, reason } = remote;
  const isGood = remote.copies.some(({ state }) => state === 'verified');
  const facts = [
    `${isGood ? '✅' : remote.copies.some(isUsable) ? '▫️' : '⚠️'}${drilled ? '🧪' : ''}${pinned ? '📌' : ''} **${shortName(remote.name)}**`,
    ago(remote.createdAt),
    size(remote.sizeBytes),
    ...(kind === null ? [] : [request.say(KINDS[kind])]),
    ...originOf(request, remote),
    ...(by === null ? [] : [byOf(request, by)]),
    places,
  ];
  return withSecond(facts.join(' · '), reason, most);
}

/** One line of the list, two where there is a reason, of which `most` characters are shown. `places` says where its copies are. */
export function entryLine(request: Request, entry: BackupEntry, places: string, most: number): string {
  const { sidecar } = entry;
  const facts = [
    `${marksOf(entry)} **${shortName(entry.name)}**`,
    ago(entry.createdAt),
    size(entry.sizeBytes),
    kindOf(request, entry),
    ...originOf(request, belongingOf(entry)),
    ...(sidecar === null ? [] : [personOf(request, sidecar.manifest.by)]),
    ...(sidecar?.verified?.ok === true
      ? [
          `${request.say({ en: 'verified', ja: '検証：' })}${request.locale === 'en' ? ' ' : ''}${ago(sidecar.verified.at)}`,
        ]
      : []),
    ...(places === '' ? [] : [places]),
  ];
  return withSecond(facts.join(' · '), problemOf(request, entry) ?? reasonOf(request, entry), most);
}

const problemOf = (request: Request, { problem }: BackupEntry): string | null =>
  problem === null ? null : request.say(problemInWords(problem));

function withSecond(line: string, second: string | null, most: number): string {
  return second === null || most === 0 ? line : `${line}\n> ${shown(second, most)}`;
}
