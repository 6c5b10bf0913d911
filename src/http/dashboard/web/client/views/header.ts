import { Fragment, h } from 'preact';
import type { PageName } from '../router.ts';
import { logOut } from '../session.ts';
import { applySettings, isDark, saveSettings, type Settings } from '../settings.ts';
import { alerts, change, useStore } from '../store.ts';
import { t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { iconButton } from '../ui/parts.ts';

export function Header({ pages, name }: { readonly pages: readonly PageName[]; readonly name: PageName }) {
  const { line, who } = useStore();
  const open = alerts().length;
  return h(
    'header',
    { class: 'bar' },
    h(
      'div',
      { class: 'bar-inner' },
      h(
        'a',
        { class: 'brand', href: '#overview', 'aria-label': 'NescordBot' },
        brandIcon(),
        h('span', {}, 'NescordBot'),
      ),
      h(
        'nav',
        { class: 'pages', 'aria-label': t('pages') },
        ...pages.map((one) =>
          h(
            'a',
            { href: `#${one}`, 'aria-current': one === name ? 'page' : undefined },
            icon(one, 20),
            h('span', {}, t(one)),
            one === 'overview' && open > 0 && h('span', { class: 'badge', title: t('alerts') }, open),
          ),
        ),
      ),
      h('div', { class: `line ${line}`, role: 'status' }, h('i', {}), h('span', {}, t(line))),
      h(
        'div',
        { class: 'bar-tools' },
        h(Preferences, {}),
        iconButton('logOut', t('logOut'), () => void logOut(), {
          title: `${t('logOut')} · ${t('loggedInAs', { name: who?.name ?? '' })}`,
        }),
      ),
    ),
  );
}

/** Language and colours; on the log-in page, too. */
export function Preferences() {
  const { settings } = useStore();
  const dark = isDark(settings.theme);
  const set = (part: Partial<Settings>): void => {
    const next = { ...settings, ...part };
    saveSettings(next);
    applySettings(next);
    change({ settings: next });
  };
  return h(
    Fragment,
    {},
    iconButton('globe', t('language'), () => set({ locale: settings.locale === 'en' ? 'ja' : 'en' }), {
      lang: settings.locale === 'en' ? 'ja' : 'en',
    }),
    iconButton(dark ? 'sun' : 'moon', t(dark ? 'toLight' : 'toDark'), () => set({ theme: dark ? 'light' : 'dark' })),
  );
}

export const brandIcon = (size = 28) =>
  h(
    'svg',
    { viewBox: '0 0 48 48', width: size, height: size, class: 'brand-icon', 'aria-hidden': 'true' },
    h('rect', { width: 48, height: 48, rx: 14, fill: '#5865f2' }),
    h('path', {
      d: 'M13 13c5-1.600 9-.5 11 2 2-2.500 6-3.600 11-2v19c-5-1.400-9-.4-11 2.200-2-2.600-6-3.600-11-2.200Z',
      fill: '#fff',
    }),
    h('path', { d: 'M24 15.500V33', stroke: '#5865f2', 'stroke-width': 2 }),
    h('circle', { cx: 18.5, cy: 22.5, r: 2.2, fill: '#5865f2' }),
    h('circle', { cx: 29.5, cy: 22.5, r: 2.2, fill: '#5865f2' }),
  );
