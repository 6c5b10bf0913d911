import type { ClientInteraction, ClientMessage } from '../../../client-state.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { avatar } from '../names.ts';
import type { Page } from '../page.ts';
import type { Change } from '../store.ts';
import { t } from '../texts.ts';
import { formatDate } from '../time.ts';
import { introView } from './intro.ts';
import { continues, messageView } from './message.ts';

/** So near the end that new messages should push the view along. */
const NEAR_END_PX = 80;

/** The channel's messages: a live log that stays at its end unless one has scrolled up to read. */
export function messagesView(page: Page) {
  const { store } = page;
  const list = h('ol', { class: 'message-list' });
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'polite', tabindex: 0 }, list);
  const intro = h('div', { class: 'intro-place' });
  const jump = h(
    'button',
    { class: 'jump', type: 'button', hidden: true, on: { click: () => toEnd() } },
    t('newMessages'),
    icon('down', 16),
  );
  const scroller = h(
    'div',
    { class: 'scroller', on: { scroll: onScroll } },
    h('div', { class: 'scroll-content' }, intro, log),
  );
  const element = h('main', { class: 'messages' }, scroller, jump);
  const drawn = new Map<string, { message: ClientMessage; compact: boolean; row: HTMLElement }>();
  let stick = true;
  let complete = true;
  let loading = false;

  new ResizeObserver(() => stick && toEnd()).observe(scroller.firstElementChild ?? scroller);
  new ResizeObserver(() => stick && toEnd()).observe(scroller);

  function toEnd(): void {
    stick = true;
    jump.hidden = true;
    // What an empty channel says is read from its beginning.
    scroller.scrollTop = list.childElementCount === 0 ? 0 : scroller.scrollHeight;
  }

  function onScroll(): void {
    stick = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
    if (stick) jump.hidden = true;
    if (scroller.scrollTop < 200) void loadOlder();
  }

  async function loadOlder(): Promise<void> {
    const channel = store.channel();
    const oldest = channel && store.messages(channel.id)[0];
    if (!oldest || complete || loading) return;
    loading = true;
    const older = await page.act('history', { channelId: channel.id, before: oldest.id });
    loading = false;
    complete = !older || older.messages.length === 0;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    if (older) store.setHistory(channel.id, older.messages);
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
  }

  function rows(messages: readonly ClientMessage[]): HTMLElement[] {
    return messages.flatMap((message, index) => {
      const above = messages[index - 1];
      const day = new Date(message.createdAt);
      const newDay = above && new Date(above.createdAt).toDateString() !== day.toDateString();
      const row = rowOf(message, !newDay && continues(message, above));
      return newDay ? [h('li', { class: 'day' }, formatDate(day, 'D')), row] : [row];
    });
  }

  function rowOf(message: ClientMessage, compact: boolean): HTMLElement {
    const known = drawn.get(message.id);
    if (known?.message === message && known.compact === compact) return known.row;
    const row = messageView(page, message, compact);
    drawn.set(message.id, { message, compact, row });
    return row;
  }

  function draw(): void {
    const channel = store.channel();
    const messages = channel ? store.messages(channel.id) : [];
    log.setAttribute('aria-label', t('messagesIn', { channel: channel?.name ?? '' }));
    place(list, [...rows(messages), ...pending()]);
    drawIntro();
    if (stick) toEnd();
  }

  /** Again when the bot's commands arrive, for it suggests some. */
  function drawIntro(): void {
    const channel = store.channel();
    const begun = channel !== null && store.messages(channel.id).length > 0;
    intro.replaceChildren(...(channel && complete ? [introView(page, channel, begun)] : []));
  }

  /** Commands on their way, and those that came to nothing: below the messages, for their sender alone. */
  function pending(): HTMLElement[] {
    const here = store.channel()?.id;
    return store
      .interactions()
      .filter((one) => one.kind === 'command' && one.channelId === here && one.state !== 'acknowledged')
      .map(pendingRow);
  }

  function pendingRow(one: ClientInteraction): HTMLElement {
    const bot = store.snapshot()?.bot;
    const failed = one.state === 'failed';
    return h(
      'li',
      { class: failed ? 'message first ephemeral' : 'message first pending-command' },
      h('span', { class: 'side' }, bot && avatar(bot, 40)),
      h(
        'div',
        { class: 'message-body' },
        h(
          'div',
          { class: 'message-head' },
          h('strong', { class: 'author' }, bot?.displayName ?? ''),
          h('span', { class: 'tag' }, t('app')),
        ),
        failed
          ? h('div', { class: 'failure', role: 'alert' }, icon('alert', 16), one.failure ?? t('didNotRespond'))
          : h('div', { class: 'thinking' }, t('sendingCommand')),
        failed &&
          h(
            'div',
            { class: 'only-you' },
            icon('eye', 16),
            h('span', {}, `${t('onlyYou')} · `),
            h(
              'button',
              { type: 'button', class: 'link', on: { click: () => store.forgetInteraction(one.id) } },
              t('dismiss'),
            ),
          ),
      ),
    );
  }

  /** An edit replaces its own row only, so that reading and typing elsewhere are not disturbed. */
  function update(message: ClientMessage): void {
    const messages = store.messages(message.channelId);
    const index = messages.findIndex(({ id }) => id === message.id);
    const row = document.getElementById(`message-${message.id}`);
    if (!row || row.querySelector('.editor')) return;
    const focused = row.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-custom-id')
      : null;
    drawn.delete(message.id); // what was pressed on it may have changed, though the message has not
    const fresh = rowOf(message, !row.classList.contains('first') && continues(message, messages[index - 1]));
    row.replaceWith(fresh);
    if (focused) fresh.querySelector<HTMLElement>(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
    if (stick) toEnd();
  }

  function onChange(change: Change): void {
    const here = store.channel()?.id;
    if (change.kind === 'message' && change.message.channelId === here) {
      if (!change.isNew) return update(change.message);
      if (change.message.author.id === store.snapshot()?.me.id) stick = true;
      draw();
      jump.hidden = stick;
    } else if (change.kind === 'messages' && change.channelId === here) draw();
    else if (change.kind === 'places' && here && store.messages(here).length === 0) drawIntro();
    else if (change.kind === 'interaction' && change.interaction.channelId === here) {
      const pressed = change.interaction.messageId;
      const message = pressed && store.messages(here).find(({ id }) => id === pressed);
      if (message) update(message);
      else if (change.interaction.kind === 'command') draw();
    }
  }

  list.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const target = event.target instanceof Element ? event.target : null;
    if (step === 0 || target?.closest('textarea, .select')) return;
    const items = [...list.querySelectorAll<HTMLElement>('.message')];
    const at = target ? items.findIndex((row) => row.contains(target)) : -1;
    const next = at === -1 ? items.at(-1) : items[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  });

  return {
    element,
    onChange,
    /** Another channel: from its end. */
    async show(channelId: string): Promise<void> {
      stick = true;
      complete = true;
      drawn.clear();
      draw();
      const found = await page.act('history', { channelId });
      if (store.channel()?.id !== channelId) return;
      complete = (found?.messages.length ?? 0) < 50;
      stick = true;
      if (found) store.setHistory(channelId, found.messages);
    },
  };
}

/** Makes the rows the list's children without touching those already in place, so focus and selection survive. */
function place(list: HTMLElement, rows: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(rows);
  for (const child of Array.from(list.children)) if (!wanted.has(child)) child.remove();
  let next = list.firstElementChild;
  for (const row of rows) {
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
  }
}
