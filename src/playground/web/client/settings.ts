import type { ClientLocale, PersonaName } from '../../client-state.ts';

export interface Settings {
  readonly persona: PersonaName;
  readonly locale: ClientLocale;
  readonly channelId: string | null;
}

const KEY = 'playground';
const personas: readonly PersonaName[] = ['member', 'moderator', 'operator'];

/** The address wins (`/?as=moderator&lang=ja`), then what was chosen last, then the browser's language. */
export function loadSettings(): Settings {
  const address = new URL(location.href).searchParams;
  const stored = readStored();
  const persona = personas.find((name) => name === (address.get('as') ?? stored['persona'])) ?? 'member';
  const known = typeof stored['locale'] === 'string' ? stored['locale'] : navigator.language;
  const language = address.get('lang') ?? known;
  return {
    persona,
    locale: language.startsWith('ja') ? 'ja' : 'en',
    channelId: typeof stored['channelId'] === 'string' ? stored['channelId'] : null,
  };
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may refuse storage; the page works without a memory.
  }
}

function readStored(): Record<string, unknown> {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
