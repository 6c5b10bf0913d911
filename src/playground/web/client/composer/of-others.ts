import { h } from '../dom.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { whoHas } from './available.ts';

/** Whose the command is that was typed, with a button to become them; null where it is this person's, or nobody's. */
export function ofOthers(page: Page, typed: string): readonly HTMLElement[] | null {
  const [command = ''] = /^\/\S+/.exec(typed) ?? [];
  const persona = whoHas(page, command.slice(1));
  if (persona === null) return null;
  const become = {
    class: 'option-chip',
    type: 'button',
    tabindex: -1,
    on: { click: () => page.change({ persona }) },
  };
  return [
    h(
      'div',
      { class: 'suggest-status', role: 'status' },
      t('forOthers', { command, persona: t(persona), where: t('tryAs') }),
    ),
    h('div', { class: 'option-chips' }, h('button', become, t(`become ${persona}`))),
  ];
}
