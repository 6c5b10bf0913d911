import { newestName } from '../../backup/coverage-model.ts';
import type { CopyView, OffSite, RemoteBackup, SyncProgress } from '../../backup/offsite/api.ts';
import { AppError, wordsIn } from '../../errors.ts';
import { audited } from '../../health/audit-model.ts';
import { standingLabel } from '../../backup/standing-model.ts';
import type { BackupShell } from './shell.ts';
import { coverageLines, entryDetails, entryLine, minuteOf, sizeOf, stateLine } from './views.ts';

const CLI = { id: 'cli', name: 'cli' } as const;
const VERBS: Readonly<Record<SyncProgress['stage'], string>> = {
  waiting: 'waiting',
  listing: 'looking at what is there',
  packing: 'packing',
  sending: 'sending',
  reading: 'reading back',
  removing: 'removing old copies',
};

/** Every backup by date, the latest first, with where its copies are; those that only a vault has, too. */
export async function list({ backups, offSite, terminal, signal }: BackupShell): Promise<void> {
  await lookOnce(offSite, signal);
  const [entries, copies, elsewhere, vaults] = await Promise.all([
    backups.list(),
    offSite.copies(),
    offSite.elsewhere(),
    offSite.vaults(),
  ]);
  const newest = newestName(entries, elsewhere);
  const all = [
    ...entries.map((entry) => {
      const places = copies.get(entry.name) ?? [];
      return {
        at: entry.createdAt,
        line: [entryLine(entry, entry.name === newest), ...(places.length === 0 ? [] : [placesText(places)])].join(
          ' · ',
        ),
        value: { ...entry, newest: entry.name === newest, ...(places.length === 0 ? {} : { copies: places }) },
      };
    }),
    ...elsewhere.map((remote) => ({
      at: remote.createdAt,
      line: remoteLine(remote, remote.name === newest),
      value: { ...remote, state: 'elsewhere', newest: remote.name === newest },
    })),
  ].sort((a, b) => b.at - a.at);
  for (const { label, trouble } of vaults) {
    if (trouble !== null) terminal.note(`What is in ${label} may be out of date. ${trouble.words.en}`);
  }
  for (const line of coverageLines(await backups.coverage(), vaults, Date.now())) terminal.note(line);
  const text = all.length === 0 ? 'There is no backup yet.' : all.map(({ line }) => line).join('\n');
  terminal.result(
    text,
    all.map(({ value }) => value),
  );
}

/** One backup, here or only in a vault, and what is known of it. */
export async function show({ backups, offSite, terminal, signal }: BackupShell, name: string): Promise<void> {
  await lookOnce(offSite, signal);
  const remote = (await offSite.elsewhere()).find((one) => one.name === name);
  if (remote === undefined) {
    const entry = await backups.show(name);
    return terminal.result(entryDetails(entry), entry);
  }
  const contents = remote.documents === null ? [] : [`  documents: ${remote.documents}`];
  const lines = [remoteLine(remote), ...stateLine(remote.identity), placesText(remote.copies), ...contents];
  terminal.result(lines.join('\n'), { ...remote, state: 'elsewhere' });
}

/** @throws AppError `unavailable` when something did not get to a vault, for the exit code */
export async function sync({ offSite, audit, terminal, signal }: BackupShell): Promise<void> {
  if ((await offSite.vaults()).length === 0) {
    throw new AppError(
      'config',
      'No place for copies off this machine is configured: set GITHUB_SYNC_ENABLED, S3_BUCKET or VAULT_DIRECTORY.',
    );
  }
  const line = terminal.progress('Sending copies');
  const onProgress = ({ vault, stage, backup, doneBytes, totalBytes }: SyncProgress) =>
    line.update(
      Math.round(doneBytes / 1000) / 1000,
      Math.round(totalBytes / 1000) / 1000,
      `MB · ${vault}: ${VERBS[stage]}${backup === null ? '' : ` ${backup}`}`,
    );
  const results = await audited(audit, { action: 'backups sync', by: CLI.id }, () =>
    offSite.sync({ signal, onProgress }),
  ).finally(() => line.end());
  const lines = results.flatMap(({ label, sent, removed, problems }) => [
    `${label}: ${sent.length} sent and read back, ${removed.length} old removed.`,
    ...problems.map((words) => `  ${wordsIn('en', words)}`),
  ]);
  const value = results.map(({ problems, ...rest }) => ({
    ...rest,
    problems: problems.map((words) => wordsIn('en', words)),
  }));
  terminal.result(lines.join('\n'), value);
  const behind = results.filter(({ problems }) => problems.length > 0).map(({ label }) => label);
  if (behind.length > 0) throw new AppError('unavailable', `Not everything is in ${behind.join(' and ')} yet.`);
}

/** A machine that never asked its vaults knows nothing of them. */
async function lookOnce(offSite: OffSite, signal: AbortSignal): Promise<void> {
  if ((await offSite.vaults()).some(({ listedAt }) => listedAt === null)) await offSite.look({ signal });
}

function placesText(copies: readonly CopyView[]): string {
  const words = {
    verified: '',
    uploaded: ' (not read back)',
    pending: ' (waiting)',
    failed: ' (failed)',
    rotten: ' (rotten)',
  } as const;
  const place = ({ vault, state, readAt }: CopyView) =>
    `${vault}${words[state]}${readAt === null ? '' : ` (last read back ${minuteOf(readAt)})`}`;
  return `off-site: ${copies.map(place).join(', ')}`;
}

function remoteLine(remote: RemoteBackup, newest = false): string {
  const { name, createdAt, sizeBytes, kind, by, drilled, pinned, reason, copies } = remote;
  const facts = [
    name,
    minuteOf(createdAt),
    sizeOf(sizeBytes),
    kind ?? '?',
    standingLabel(remote)?.en ?? '',
    by ?? '?',
    [
      ...(newest ? ['newest'] : []),
      `only in ${copies.map(({ vault, state }) => `${vault}${state === 'rotten' ? ' (rotten)' : ''}`).join(' and ')}`,
      ...(drilled ? ['drilled'] : []),
      ...(pinned ? ['pinned'] : []),
    ].join(', '),
    reason ?? '',
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}
