import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ago, bytes, count, duration } from '../format.ts';
import type { ListedBackup } from '../model.ts';
import { kindName, originName, reasonText, shortName, stateName, vaultName } from '../names.ts';
import { since } from '../store.ts';
import { locale, t, type TextName } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { chip, iconButton } from '../ui/parts.ts';
import { agoTime } from '../ui/time.ts';
import { BackupActions } from './backup-actions.ts';

type Column = 'made' | 'kind' | 'size' | 'took';
const PER_PAGE = 10;

const columns: Readonly<Record<Column, (backup: ListedBackup) => number | string>> = {
  made: ({ createdAt }) => createdAt,
  kind: ({ kind }) => kind ?? '',
  size: ({ sizeBytes }) => sizeBytes,
  took: ({ durationMs }) => durationMs ?? 0,
};

export function BackupTable({ backups }: { readonly backups: readonly ListedBackup[] }) {
  const [sort, setSort] = useState<{ readonly by: Column; readonly down: boolean }>({ by: 'made', down: true });
  const [wanted, setPage] = useState(0);
  if (backups.length === 0) return h('p', { class: 'muted' }, t('noBackups'));

  const key = columns[sort.by];
  const sorted = [...backups].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (sort.down ? -1 : 1);
  });
  const page = Math.min(wanted, Math.ceil(sorted.length / PER_PAGE) - 1);
  const from = page * PER_PAGE;
  const shown = sorted.slice(from, from + PER_PAGE);
  const heading = (column: Column) => {
    const isBy = sort.by === column;
    return h(
      'th',
      { scope: 'col', role: 'columnheader', 'aria-sort': isBy ? (sort.down ? 'descending' : 'ascending') : undefined },
      h(
        'button',
        {
          type: 'button',
          class: isBy ? 'sort by' : 'sort',
          onClick: () => setSort({ by: column, down: isBy ? !sort.down : true }),
        },
        t(column),
        h('i', { class: sort.down ? '' : 'up', 'aria-hidden': 'true' }, icon('chevron', 14)),
      ),
    );
  };
  const plain = (name: TextName) => h('th', { scope: 'col', role: 'columnheader' }, t(name));
  return h(
    'div',
    {},
    h(
      'table',
      { class: 'backups', role: 'table' },
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          heading('made'),
          heading('kind'),
          heading('size'),
          heading('took'),
          plain('holds'),
          plain('state'),
          plain('places'),
          h('th', { scope: 'col', role: 'columnheader' }, h('span', { class: 'sr-only' }, t('actions'))),
        ),
      ),
      h('tbody', { role: 'rowgroup' }, ...shown.map(row)),
    ),
    sorted.length > PER_PAGE &&
      h(
        'nav',
        { class: 'paging', 'aria-label': t('allBackups') },
        iconButton('left', t('newer'), () => setPage(page - 1), { disabled: page === 0 }),
        h('span', { role: 'status' }, t('page', { from: from + 1, to: from + shown.length, total: sorted.length })),
        iconButton('right', t('older'), () => setPage(page + 1), { disabled: from + PER_PAGE >= sorted.length }),
      ),
  );
}

function row(backup: ListedBackup) {
  const { name, createdAt, kind, reason, by, sizeBytes, durationMs, documents, questions, copies } = backup;
  // The schedule makes what is scheduled: that needs no second word.
  const note = reasonText(reason) ?? (kind === 'manual' ? by : null);
  const number = (value: number | null): string => (value === null ? '–' : count(value, locale()));
  return h(
    'tr',
    { key: name, id: `row-${name}`, tabIndex: -1, role: 'row' },
    h(
      'th',
      { scope: 'row', role: 'rowheader' },
      agoTime(createdAt),
      h('code', { title: stateName(backup) }, shortName(name)),
    ),
    h('td', {}, kindName(kind), note !== null && h('small', {}, note)),
    h('td', { role: 'cell', class: 'number' }, bytes(sizeBytes)),
    h('td', { role: 'cell', class: 'number' }, durationMs === null ? '–' : duration(durationMs, locale())),
    h('td', {}, t('holdsText', { documents: number(documents), questions: number(questions) })),
    h('td', {}, h('div', { class: 'chips' }, ...states(backup))),
    h(
      'td',
      {},
      copies.length === 0
        ? h('span', { class: 'muted' }, t('onlyHere'))
        : h('div', { class: 'chips' }, ...copies.map((copy) => chip('good', vaultName(copy), 'cloud'))),
    ),
    h('td', { role: 'cell', class: 'row-actions' }, h(BackupActions, { backup })),
  );
}

function states(backup: ListedBackup) {
  const { state, newest, verified, drilled, encrypted, pinned, problem } = backup;
  const origin = originName(backup);
  const when = verified === null ? t('verified') : t('verifiedAgo', { ago: ago(since(verified.at), locale()) });
  return [
    newest && h('span', { title: t('newestHint') }, chip('good', t('newestState'), 'undo')),
    state === 'good' && h('span', { title: when }, chip('good', t('verified'), 'check')),
    state === 'unverified' && chip('warn', t('unverified'), 'circle'),
    state === 'damaged' && h('span', { title: problem ?? undefined }, chip('bad', t('damagedState'), 'alert')),
    origin !== null && chip('warn', origin, 'circle'),
    drilled !== null && chip(drilled.ok ? 'good' : 'bad', t(drilled.ok ? 'drilled' : 'drillFailed'), 'drill'),
    encrypted && chip('none', t('encrypted'), 'shield'),
    pinned && chip('none', t('pinned'), 'pin'),
  ];
}
