import { h } from 'preact';
import { ago, duration } from '../format.ts';
import type { Overview } from '../model.ts';
import { alerts, since } from '../store.ts';
import { locale, t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { card } from '../ui/parts.ts';

/** What is wrong now, and, where it is asked for, what was. */
export function Alerts({ past }: { readonly past: Overview['recentAlerts'] }) {
  const open = alerts();
  return card(
    { title: t('alerts'), id: 'alerts' },
    open.length === 0
      ? h('p', { class: 'all-well' }, icon('check', 20), h('span', {}, t('noAlerts')))
      : h(
          'ul',
          { class: 'alerts' },
          ...open.map(({ key, severity, words, since: at }) =>
            line(key, words[locale()], t('sinceAgo', { ago: ago(since(at), locale()) }), severity),
          ),
        ),
    past.length > 0 && h('h3', {}, t('resolvedAlerts')),
    past.length > 0 &&
      h(
        'ul',
        { class: 'alerts' },
        ...past.map(({ words, since: at, resolvedAt }) => {
          const lasted = Date.parse(resolvedAt) - Date.parse(at);
          const when = ago(since(resolvedAt), locale());
          const said = lasted > 0 ? t('resolvedAfter', { ago: when, time: duration(lasted, locale()) }) : when;
          return line(`${at} ${resolvedAt}`, words[locale()], said, null);
        }),
      ),
  );
}

function line(key: string, text: string, when: string, severity: string | null) {
  const [look, image] =
    severity === null
      ? (['past', 'check'] as const)
      : severity === 'critical'
        ? (['bad', 'alert'] as const)
        : (['warn', 'circle'] as const);
  return h(
    'li',
    { key, class: look },
    icon(image, 20),
    h('div', {}, h('p', {}, text), h('p', { class: 'muted' }, when)),
  );
}
