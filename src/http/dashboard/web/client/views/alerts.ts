import { h } from 'preact';
import { ago } from '../format.ts';
import { alerts, since } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { card } from '../ui/parts.ts';

export function Alerts() {
  const open = alerts();
  return card(
    { title: t('alerts'), id: 'alerts' },
    open.length === 0
      ? h('p', { class: 'all-well' }, icon('check', 20), h('span', {}, t('noAlerts')))
      : h(
          'ul',
          { class: 'alerts' },
          ...open.map(({ key, severity, words, since: at }) =>
            h(
              'li',
              { key, class: severity === 'critical' ? 'bad' : 'warn' },
              icon(severity === 'critical' ? 'alert' : 'circle', 20),
              h(
                'div',
                {},
                h('p', {}, words[locale()]),
                h('p', { class: 'muted' }, t('sinceAgo', { ago: ago(since(at), locale()) })),
              ),
            ),
          ),
        ),
  );
}
