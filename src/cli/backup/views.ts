import type { BackupProgress, RestorePreview, RetentionPlan } from '../../backup/api.ts';
import { ageOf, type Coverage } from '../../backup/coverage-model.ts';
import type { BackupEntry } from '../../backup/model.ts';
import type { VaultView } from '../../backup/offsite/api.ts';
import { belongingOf, standingLabel } from '../../backup/standing-model.ts';
import { timelineOf, type StateIdentity } from '../../backup/state-model.ts';
import { wordsIn } from '../../errors.ts';
import { counted } from '../../counted.ts';
import type { Terminal } from '../terminal.ts';

const MB = 1_000_000;

export function sizeOf(bytes: number): string {
  return bytes < MB ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}

/** In UTC. */
export const minuteOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** Shows each step of a job on one line; `end` leaves the line. */
export function following(terminal: Terminal, title: string) {
  const line = terminal.progress(title);
  return {
    onProgress: ({ stage, doneBytes, totalBytes }: BackupProgress) =>
      line.update(Math.round(doneBytes / 1000) / 1000, Math.round(totalBytes / 1000) / 1000, `MB · ${stage}`),
    [Symbol.dispose]: () => line.end(),
  };
}

/** `newest`: it is the one that would be restored where nobody chooses. */
export function entryLine(entry: BackupEntry, newest = false): string {
  const { name, sizeBytes, createdAt, state, problem, sidecar, encrypted = false } = entry;
  const marks = [
    ...(newest ? ['newest'] : []),
    state,
    ...(sidecar?.drilled?.ok ? ['drilled'] : []),
    ...(encrypted ? ['encrypted'] : []),
    ...(sidecar?.pinned ? ['pinned'] : []),
  ].join(', ');
  const manifest = sidecar?.manifest;
  const facts = [
    name,
    minuteOf(createdAt),
    sizeOf(sizeBytes),
    manifest?.kind ?? '?',
    standingLabel(belongingOf(entry))?.en ?? '',
    manifest?.by.name ?? '?',
    marks,
    problem ?? manifest?.reason ?? '',
  ];
  return facts
    .filter((fact) => fact !== '')
    .map(onOneLine)
    .join(' · ');
}

/** What somebody wrote cannot pass for a line of the list. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

export function entryDetails(entry: BackupEntry): string {
  const manifest = entry.sidecar?.manifest;
  if (manifest === undefined) return entryLine(entry);
  const { tables } = manifest.counts;
  const rows = Object.entries(tables).map(([table, count]) => `  ${table}: ${count}`);
  const { verified = null, drilled = null } = entry.sidecar ?? {};
  return [
    entryLine(entry),
    ...stateLine(manifest.identity),
    `made in ${seconds(manifest.durationMs)}, teaching waited ${seconds(manifest.gateMs)}`,
    `verified: ${verified === null ? 'never' : `${new Date(verified.at).toISOString()} ${verified.ok ? 'ok' : verified.problems.join('; ')}`}`,
    `drilled: ${drilled === null ? 'never' : `${new Date(drilled.at).toISOString()} ${drilled.ok ? `ok in ${seconds(drilled.durationMs)}` : drilled.problems.join('; ')}`}`,
    `NescordBot ${manifest.application.version}, schema ${manifest.schemaVersion}, SHA-256 ${entry.sidecar?.archive.sha256 ?? ''}`,
    ...rows,
  ].join('\n');
}

/** What is not backed up yet, in each place; nothing where there is nothing to lose. */
export function coverageLines(here: Coverage, vaults: readonly VaultView[], now: number): string[] {
  const { behindSince, talkBehind } = here;
  if (behindSince === null && talkBehind === null) return [];
  const since = talkBehind === null || talkBehind === 0 ? '' : ` (questions and votes since: ${talkBehind})`;
  const says = (place: string, at: number | null, more = ''): string => {
    if (at === null) return `${place}: all that was taught is backed up${more}.`;
    return ageOf(at, now) === null
      ? `${place}: not all that was taught is backed up; since when, the clock does not tell.`
      : `${place}: what was taught since ${minuteOf(at)} is not backed up.`;
  };
  // What was restored, say, is in no backup, whether or not anything was taught since.
  const isNew = behindSince !== null && talkBehind === null;
  const own = isNew ? 'Here: what is there now has no backup of its own yet.' : says('Here', behindSince, since);
  return [own, ...vaults.map((vault) => says(vault.label, vault.behindSince))];
}

/** What decides which backup is the newest. */
export function stateLine(identity: StateIdentity | null): string[] {
  const timeline = timelineOf(identity);
  if (identity === null || timeline === null) return [];
  const { knowledge, talk } = identity.position;
  return [
    `timeline ${timeline.number} (${timeline.cause}), position ${knowledge} (questions and votes ${talk}), installation ${identity.installationId}: this, not the date, decides which backup is the newest`,
  ];
}

/** Reasons as plain text, the same in every version: programs read it. */
export function planValue({ kept, removed }: RetentionPlan) {
  return {
    kept: kept.map(({ name, reasons }) => ({ name, reasons: reasons.map((reason) => wordsIn('en', reason)) })),
    removed: removed.map(({ name, reason }) => ({ name, reason: wordsIn('en', reason) })),
  };
}

export function planText(plan: RetentionPlan, dryRun: boolean): string {
  const { kept, removed } = planValue(plan);
  const verb = dryRun ? 'would remove' : 'removed';
  return [
    ...kept.map(({ name, reasons }) => `keep    ${name} (${reasons.join(', ')})`),
    ...removed.map(({ name, reason }) => `${dryRun ? 'remove ' : 'removed'} ${name} (${reason})`),
    `${verb} ${removed.length}, kept ${kept.length}.`,
  ].join('\n');
}

export function previewText(preview: RestorePreview): string {
  const { entry, documentsLost, documentsReturning } = preview;
  const titles = (list: readonly string[]) => (list.length === 0 ? '' : ` (${list.map(onOneLine).join(', ')})`);
  return [
    `Go back to ${entryLine(entry)}`,
    `Would disappear: ${counted(documentsLost.count, 'document')}${titles(documentsLost.titles)}, ${counted(preview.questionsLost, 'question')}, answers included`,
    `Would return: ${counted(documentsReturning.count, 'document')}${titles(documentsReturning.titles)}, ${counted(preview.questionsReturning, 'question')}, answers included`,
    `Would change: ${counted(preview.votesChanging, 'vote')}, settings of ${counted(preview.guildsWithOtherSettings, 'server')}${preview.scheduleChanges ? ', when backups are made by themselves' : ''}`,
    ...preview.remarks.map(({ en }) => en),
    `About ${seconds(preview.estimatedMs)}.${preview.undoable ? " Today's state is saved first, so this can be undone." : ''}`,
  ].join('\n');
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
