import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused } from '../api.ts';
import { wordsOf } from '../actions.ts';
import { logIn } from '../session.ts';
import { useStore } from '../store.ts';
import { t } from '../texts/index.ts';
import { button } from '../ui/parts.ts';
import { brandIcon, Preferences } from './header.ts';

const isPlayground = document.querySelector<HTMLMetaElement>('meta[name="nescordbot-home"]')?.content === 'playground';

export function LogIn() {
  const { ended, line } = useStore();
  const [token, setToken] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const refusal = await logIn(token.trim());
    if (refusal === null) return;
    setBusy(false);
    setProblem(refusal instanceof Refused && refusal.status === 401 ? t('wrongToken') : wordsOf(refusal));
    field.current?.focus();
    field.current?.select();
  }

  const said = problem ?? (line === 'lost' ? t('lost') : ended ? t('ended') : null);
  return h(
    'main',
    { class: 'log-in' },
    h('div', { class: 'log-in-tools' }, h(Preferences, {})),
    h(
      'form',
      { class: 'log-in-card', onSubmit: (event: Event) => void submit(event) },
      brandIcon(56),
      h('h1', {}, 'NescordBot'),
      h('p', { class: 'muted' }, t('welcome')),
      h('div', { class: `log-in-said ${problem === null ? 'quiet' : 'bad'}`, role: 'alert' }, said),
      // For password managers, which keep a token under a name.
      h('input', {
        type: 'text',
        name: 'username',
        autocomplete: 'username',
        value: 'nescordbot',
        hidden: true,
        readOnly: true,
      }),
      h('label', { for: 'token' }, t('token')),
      h(
        'div',
        { class: 'field-with-button' },
        h('input', {
          id: 'token',
          ref: field,
          type: shown ? 'text' : 'password',
          autocomplete: 'current-password',
          spellcheck: false,
          required: true,
          maxLength: 1000,
          value: token,
          'aria-describedby': 'token-hint',
          'aria-invalid': problem !== null,
          onInput: (event: InputEvent) => setToken((event.currentTarget as HTMLInputElement).value),
        }),
        h(
          'button',
          { type: 'button', class: 'in-field', 'aria-pressed': shown, onClick: () => setShown(!shown) },
          t(shown ? 'hideToken' : 'showToken'),
        ),
      ),
      h('p', { id: 'token-hint', class: 'hint' }, t('tokenHint')),
      button({ label: t('logIn'), look: 'primary', submit: true, disabled: busy }),
      isPlayground && h('p', { class: 'hint' }, t('playgroundHint'), ' ', h('a', { href: '/' }, t('toPlayground'))),
    ),
  );
}
