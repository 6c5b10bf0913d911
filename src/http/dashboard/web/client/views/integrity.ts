import { h } from 'preact';
import { checkIntegrity } from '../actions.ts';
import { ago, duration } from '../format.ts';
import type { IntegrityReport } from '../model.ts';
import { isUnderWay, mayOperate, since, useStore } from '../store.ts';
import { locale, t, type TextName } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button, card, chip, levelIcon } from '../ui/parts.ts';
import { agoTime } from '../ui/time.ts';
import type { Level } from '../verdict.ts';

interface Look {
  readonly level: Level;
  /** Of a part, and of a check whose worst part it is. */
  readonly part: TextName;
  readonly whole: TextName;
}

/** The worst first. */
const looks: Readonly<Record<string, Look>> = {
  damaged: { level: 'bad', part: 'isDamaged', whole: 'checkedDamaged' },
  skipped: { level: 'warn', part: 'isSkipped', whole: 'checkedSkipped' },
  repaired: { level: 'good', part: 'isRepaired', whole: 'checkedRepaired' },
  sound: { level: 'good', part: 'isSound', whole: 'checkedSound' },
};
const unknown: Look = { level: 'warn', part: 'isSkipped', whole: 'checkedSkipped' };

const partNames: Readonly<Record<string, TextName>> = {
  database: 'partDatabase',
  contents: 'partContents',
  index: 'partIndex',
  backups: 'partBackups',
};
const partName = (part: string): string => (partNames[part] === undefined ? part : t(partNames[part]));

function worstOf({ findings }: IntegrityReport): { readonly state: string; readonly look: Look } {
  const state = Object.keys(looks).find((one) => findings.some((finding) => finding.state === one)) ?? 'sound';
  return { state, look: looks[state] ?? unknown };
}

/** When everything was last looked through for damage, and what came of it. */
export function LastCheck() {
  const { integrity } = useStore();
  if (integrity === null) return null;
  const [last] = integrity;
  const { state, look } = last === undefined ? { state: '', look: unknown } : worstOf(last);
  const parts = (last?.findings ?? []).filter((finding) => finding.state === state).map(({ part }) => partName(part));
  return h(
    'div',
    { class: `last-check ${look.level}` },
    icon(levelIcon(look.level), 20),
    h(
      'p',
      {},
      last === undefined
        ? t('neverChecked')
        : t(look.whole, {
            ago: ago(since(last.at), locale()),
            parts: parts.join(locale() === 'ja' ? '、' : ', '),
          }),
    ),
    button({
      label: t('checkNow'),
      small: true,
      disabled: !mayOperate() || isUnderWay('integrity'),
      run: () => void checkIntegrity(),
    }),
  );
}

/** The checks that are remembered, newest first, each with what it says of every part. */
export function Checks() {
  const { integrity } = useStore();
  if (integrity === null) return null;
  return card(
    { title: t('integrity'), id: 'integrity' },
    integrity.length === 0
      ? h('p', { class: 'muted' }, t('neverChecked'))
      : h(
          'ul',
          { class: 'checks' },
          ...integrity.map((report, index) => h('li', { key: report.at }, check(report, index))),
        ),
  );
}

function check(report: IntegrityReport, index: number) {
  const { look } = worstOf(report);
  return h(
    'details',
    { open: index === 0 },
    h(
      'summary',
      {},
      agoTime(report.at),
      h('span', { class: 'muted' }, duration(report.durationMs, locale())),
      chip(look.level, t(look.part), levelIcon(look.level)),
    ),
    h(
      'dl',
      {},
      ...report.findings.map(({ part, state, words }) => {
        const { level, part: word } = looks[state] ?? unknown;
        return h(
          'div',
          { key: part },
          h('dt', {}, h('strong', {}, partName(part)), chip(level, t(word), levelIcon(level))),
          h('dd', {}, words[locale()]),
        );
      }),
    ),
  );
}
