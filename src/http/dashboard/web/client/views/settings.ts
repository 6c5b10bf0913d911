import { Fragment, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api.ts';
import { wordsOf } from '../actions.ts';
import type { Setting } from '../model.ts';
import { mayOperate } from '../store.ts';
import { locale, t, type TextName } from '../texts/index.ts';
import { searchField, tick } from '../ui/fields.ts';
import { card } from '../ui/parts.ts';
import { AuditTrail } from './audit-trail.ts';

const sources: Readonly<Record<string, TextName>> = {
  environment: 'sourceEnvironment',
  '.env': 'sourceFile',
  railway: 'sourceRailway',
  saved: 'sourceSaved',
  default: 'sourceDefault',
  unset: 'sourceUnset',
};

export function Settings() {
  if (!mayOperate()) return h('p', { class: 'note' }, t('settingsNeed'));
  return h(Fragment, {}, h(Configuration, {}), h(AuditTrail, {}));
}

/** Every variable, its value with secrets masked, and where it came from. */
function Configuration() {
  const [settings, setSettings] = useState<readonly Setting[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [onlySet, setOnlySet] = useState(false);
  const [words, setWords] = useState('');
  useEffect(() => {
    get<{ readonly settings: readonly Setting[] }>('/api/settings').then(
      (read) => setSettings(read.settings),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  }, []);
  const fits = ({ name, about, source }: Setting): boolean =>
    `${name} ${about[locale()]}`.toLowerCase().includes(words.toLowerCase()) &&
    (!onlySet || (source !== 'default' && source !== 'unset'));
  return card(
    { title: t('configuration'), id: 'configuration' },
    h('p', { class: 'muted' }, t('configurationHint')),
    h('div', { class: 'filters' }, searchField(t('filter'), words, setWords), tick(t('onlySet'), onlySet, setOnlySet)),
    problem !== null && h('p', { class: 'trouble', role: 'alert' }, problem),
    settings === null
      ? problem === null && h('p', { class: 'muted', role: 'status' }, t('loading'))
      : groupsOf(settings.filter(fits)).map(group),
  );
}

/** Those of one group follow each other. */
const groupsOf = (settings: readonly Setting[]) =>
  [...Map.groupBy(settings, ({ group: title }) => title[locale()])].map(([title, found]) => ({ title, found }));

function group({ title, found }: { readonly title: string; readonly found: readonly Setting[] }) {
  return h(
    'section',
    { key: title, class: 'setting-group', 'aria-label': title },
    h('h3', {}, title),
    h('dl', { class: 'settings' }, ...found.map(row)),
  );
}

function row({ name, value, source, about }: Setting) {
  return h(
    'div',
    { key: name, class: source === 'unset' ? 'unset' : '' },
    h('dt', {}, h('code', {}, name), h('small', {}, ...withCode(about[locale()]))),
    h(
      'dd',
      {},
      h('code', {}, value ?? '–'),
      h('span', { class: 'muted' }, sources[source] === undefined ? source : t(sources[source])),
    ),
  );
}

/** What stands between backticks is what one types. */
const withCode = (text: string) => text.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));
