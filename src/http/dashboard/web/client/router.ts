import { signal } from './signal.ts';

export const PAGES = ['overview', 'backups', 'questions', 'activity', 'settings'] as const;
export type PageName = (typeof PAGES)[number];

const named = (): PageName => PAGES.find((name) => location.hash === `#${name}`) ?? 'overview';

export const page = signal<PageName>(named());
addEventListener('hashchange', () => page.set(named()));
