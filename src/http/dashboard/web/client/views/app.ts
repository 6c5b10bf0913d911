import { Fragment, h } from 'preact';
import { useEffect } from 'preact/hooks';
import { Dialogs } from '../dialogs/dialogs.ts';
import { page, PAGES } from '../router.ts';
import { dismissGood, useStore } from '../store.ts';
import { t } from '../texts/index.ts';
import { Activity } from './activity.ts';
import { Backups } from './backups.ts';
import { LogIn } from './log-in.ts';
import { Notices } from './notices.ts';
import { Overview } from './overview.ts';
import { Questions } from './questions.ts';
import { Header } from './header.ts';
import { Running } from './running.ts';
import { Settings } from './settings.ts';

const views = { overview: Overview, backups: Backups, questions: Questions, activity: Activity, settings: Settings };

export function App() {
  const { who, overview, settings } = useStore();
  const name = page.use();
  useEffect(() => {
    document.title = who ? `${t(name)} · NescordBot` : `${t('logIn')} · NescordBot`;
  }, [who, name, settings.locale]);
  useEffect(() => {
    scrollTo(0, 0);
    dismissGood();
  }, [name]);
  if (who === undefined) return null;
  if (who === null) return h(LogIn, {});
  const waiting = h('p', { class: 'waiting', role: 'status' }, t('loading'));
  return h(
    Fragment,
    {},
    h('a', { class: 'skip', href: '#content', onClick: toContent }, t('skip')),
    h(Header, { pages: PAGES, name }),
    h(
      'main',
      { id: 'content', tabIndex: -1 },
      h('h1', { class: 'page-title' }, t(name)),
      who.scope === 'read' && h('p', { class: 'note' }, t('readOnly')),
      h(Running, {}),
      overview === null ? waiting : h(views[name], { overview }),
      h(
        'footer',
        {},
        overview !== null && `NescordBot ${overview.version} · `,
        h('a', { href: '/api/docs' }, t('api')),
      ),
    ),
    h(Notices, {}),
    h(Dialogs, {}),
  );
}

/** The address holds the page's name, and keeps it. */
function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
