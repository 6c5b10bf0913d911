import type { Locale } from './locale.ts';

/** Null: as the system has it. */
export type Theme = 'dark' | 'light' | null;

export interface Settings {
  readonly locale: Locale;
  readonly theme: Theme;
}

const KEY = 'dashboard';

/** The address wins (`?lang=ja`), then what was chosen last, then the browser's first language. */
export function loadSettings(): Settings {
  const { locale, theme } = stored();
  const chosen = locale === 'en' || locale === 'ja' ? locale : navigator.language;
  const language = new URL(location.href).searchParams.get('lang') ?? chosen;
  return {
    locale: language.startsWith('ja') ? 'ja' : 'en',
    theme: theme === 'dark' || theme === 'light' ? theme : null,
  };
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may refuse storage; the page works without a memory.
  }
}

export function applySettings({ locale, theme }: Settings): void {
  document.documentElement.lang = locale;
  if (theme === null) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export const isDark = (theme: Theme): boolean =>
  theme === null ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';

function stored(): Record<string, unknown> {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
