import { h } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clock, moment } from '../format.ts';
import type { LogLine } from '../model.ts';
import { mayOperate, useStore } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { choice, searchField } from '../ui/fields.ts';
import { button, card } from '../ui/parts.ts';

type Levels = 'all' | 'warn' | 'error';
const NEAR_PX = 40;

const fits = (line: LogLine, levels: Levels, words: string): boolean =>
  (levels === 'all' || line.level === 'error' || (levels === 'warn' && line.level === 'warn')) &&
  line.text.toLowerCase().includes(words);

/** The log as it is written. Paused, it stands still and counts what it holds back. */
export function LogTail() {
  const { log } = useStore();
  const [held, hold] = useState<readonly LogLine[] | null>(null);
  const [levels, setLevels] = useState<Levels>('all');
  const [words, setWords] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lines = (held ?? log).filter((line) => fits(line, levels, words.toLowerCase()));
  // Follows what is written, unless somebody has scrolled back to read.
  useLayoutEffect(() => {
    if (box.current !== null && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  });
  useEffect(() => {
    atEnd.current = true;
  }, [levels, words]);
  if (!mayOperate()) return card({ title: t('log'), id: 'log' }, h('p', { class: 'muted' }, t('logNeeds')));

  const last = held?.at(-1);
  const waiting = held === null ? 0 : last === undefined ? log.length : log.length - 1 - log.lastIndexOf(last);
  const onScroll = (): void => {
    const { current: element } = box;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
  };
  return card(
    { title: t('log'), id: 'log' },
    h(
      'div',
      { class: 'filters' },
      button({
        label: t(held === null ? 'pause' : 'goOn'),
        icon: held === null ? 'pause' : 'play',
        small: true,
        run: () => hold(held === null ? log : null),
      }),
      h(
        'label',
        {},
        h('span', {}, t('level')),
        choice(levels, (value) => setLevels(value as Levels), [
          ['all', t('levelAll')],
          ['warn', t('levelWarn')],
          ['error', t('levelError')],
        ]),
      ),
      searchField(t('filter'), words, setWords),
      waiting > 0 && h('span', { class: 'muted', role: 'status' }, t('logPaused', { count: waiting })),
    ),
    h(
      'div',
      {
        class: 'log',
        ref: box,
        tabIndex: 0,
        role: 'log',
        'aria-live': 'off',
        'aria-labelledby': 'log-title',
        onScroll,
      },
      lines.length === 0
        ? h('p', { class: 'muted' }, t('logEmpty'))
        : lines.map((line, index) =>
            h(
              'div',
              { key: `${line.at} ${index}`, class: `log-line ${line.level}` },
              h('time', { dateTime: line.at, title: moment(line.at, locale()) }, clock(line.at, locale())),
              h('span', { class: 'log-level' }, line.level),
              h('span', { class: 'log-text' }, line.text),
            ),
          ),
    ),
  );
}
