import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../actions.ts';
import { get } from '../api.ts';
import type { AuditRecord } from '../model.ts';
import { shortName } from '../names.ts';
import { t, type TextName } from '../texts/index.ts';
import { button, card, chip } from '../ui/parts.ts';
import { agoTime } from '../ui/time.ts';
import type { Level } from '../verdict.ts';

interface Page {
  readonly records: readonly AuditRecord[];
  /** Where the next one begins; null when there is none. */
  readonly next: string | null;
}

const outcomes: Readonly<Record<string, readonly [TextName, Level | 'none']>> = {
  asked: ['outcomeAsked', 'none'],
  confirmed: ['outcomeConfirmed', 'none'],
  cancelled: ['outcomeCancelled', 'none'],
  done: ['outcomeDone', 'good'],
  denied: ['outcomeDenied', 'bad'],
  refused: ['outcomeRefused', 'warn'],
  failed: ['outcomeFailed', 'bad'],
};

/** What operators did and tried, newest first. */
export function AuditTrail() {
  const [records, setRecords] = useState<readonly AuditRecord[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function read(before: string | null): Promise<void> {
    try {
      const from = before === null ? '' : `&before=${encodeURIComponent(before)}`;
      const page = await get<Page>(`/api/audit?limit=20${from}`);
      setRecords((known) => [...(before === null ? [] : (known ?? [])), ...page.records]);
      setNext(page.next);
    } catch (error) {
      setProblem(wordsOf(error));
    }
  }
  useEffect(() => void read(null), []);

  return card(
    { title: t('audit'), id: 'audit' },
    problem !== null && h('p', { class: 'trouble', role: 'alert' }, problem),
    records !== null && records.length === 0 && h('p', { class: 'muted' }, t('noAudit')),
    h('ul', { class: 'audit' }, ...(records ?? []).map(row)),
    next !== null && button({ label: t('olderRecords'), small: true, run: () => void read(next) }),
  );
}

function row({ at, action, outcome, by, backup, detail }: AuditRecord, index: number) {
  const [name, level] = outcomes[outcome] ?? [null, 'none'];
  return h(
    'li',
    { key: `${at} ${index}` },
    agoTime(at),
    h(
      'span',
      { class: 'audit-what' },
      h('strong', {}, action),
      backup !== null && h('code', {}, shortName(backup)),
      detail !== null && h('small', {}, detail),
    ),
    h('span', { class: 'muted' }, by),
    chip(level, name === null ? outcome : t(name)),
  );
}
