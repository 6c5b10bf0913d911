import { h } from 'preact';
import { dismiss, useStore } from '../store.ts';
import { t } from '../texts/index.ts';
import { icon } from '../ui/icon.ts';
import { button, iconButton } from '../ui/parts.ts';

/** What came of what was begun. The region is there from the start, so that what comes into it is read out. */
export function Notices() {
  const { notices } = useStore();
  return h(
    'div',
    { class: 'notices', role: 'region', 'aria-label': t('notices'), 'aria-live': 'polite' },
    ...notices.map(({ id, kind, text, action }) =>
      h(
        'div',
        { key: id, class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : undefined },
        icon(kind === 'bad' ? 'alert' : 'check'),
        h('p', {}, text),
        action !== null &&
          button({
            label: action.label,
            small: true,
            run() {
              dismiss(id);
              action.run();
            },
          }),
        iconButton('close', t('dismiss'), () => dismiss(id)),
      ),
    ),
  );
}
