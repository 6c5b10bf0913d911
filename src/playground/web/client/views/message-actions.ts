import type { ClientMessage, ClientUser } from '../../../client-state.ts';
import { CommandType } from '../discord.ts';
import { h, isComposing } from '../dom.ts';
import { icon, type IconName } from '../icons.ts';
import { avatar, hexColor, rolesOf } from '../names.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { pathOf } from './components.ts';
import { openDialog, openMenu, type MenuItem } from './popup.ts';

const quickReactions = ['👍', '👎', '❤️', '🎉', '👀'];

/** Reply, thread, delete and more, on hover and wherever the keyboard's focus is within the message. */
export function messageToolbar(page: Page, message: ClientMessage): HTMLElement | null {
  if (message.ephemeral || message.thinking) return null;
  const button = (name: IconName, label: string, run: (event: MouseEvent) => void) =>
    h(
      'button',
      { class: 'icon-button', type: 'button', 'aria-label': label, title: label, on: { click: run } },
      icon(name),
    );
  return h(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': t('messageActions') },
    button('reply', t('reply'), () => page.replyTo(message)),
    canStartThread(page, message) && button('thread', t('createThread'), () => void startThread(page, message)),
    canDelete(page, message) && button('trash', t('delete'), () => void page.act('deleteMessage', pathOf(message))),
    button('more', t('more'), (event) => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      openMessageMenu(page, message, box.right - 200, box.bottom + 4);
    }),
  );
}

export function openMessageMenu(page: Page, message: ClientMessage, x: number, y: number): void {
  const me = page.store.snapshot()?.me.id;
  const items: (MenuItem | null)[] = [
    { label: t('reply'), icon: 'reply', run: () => page.replyTo(message) },
    canStartThread(page, message)
      ? { label: t('createThread'), icon: 'thread', run: () => void startThread(page, message) }
      : null,
    message.author.id === me ? { label: t('edit'), icon: 'edit', run: () => editInPlace(page, message) } : null,
    { label: t('copyText'), icon: 'copy', run: () => void navigator.clipboard.writeText(message.content) },
    canDelete(page, message)
      ? { label: t('delete'), icon: 'trash', danger: true, run: () => void page.act('deleteMessage', pathOf(message)) }
      : null,
  ];
  const apps = page.store.commands(CommandType.message).map((command) => ({
    label: command.localName,
    run: () => void page.act('contextMenu', { channelId: message.channelId, name: command.name, targetId: message.id }),
  }));
  if (message.ephemeral) return;
  openMenu(
    t('messageActions'),
    x,
    y,
    [{ items: items.filter((item) => item !== null) }, { title: t('apps'), items: apps }],
    reactionRow(page, message),
  );
}

function reactionRow(page: Page, message: ClientMessage): HTMLElement {
  const react = (emoji: string) => {
    document.querySelector('.menu')?.dispatchEvent(new Event('dismiss'));
    void page.act('react', { ...pathOf(message), emoji, on: true });
  };
  return h(
    'div',
    { class: 'menu-reactions', role: 'group', 'aria-label': t('addReaction') },
    ...quickReactions.map((emoji) =>
      h(
        'button',
        { type: 'button', role: 'menuitem', 'aria-label': t('react', { emoji }), on: { click: () => react(emoji) } },
        emoji,
      ),
    ),
  );
}

/** Somebody's card: who they are, and what apps can do with them. */
export function openUserMenu(page: Page, user: ClientUser, x: number, y: number): void {
  const { store } = page;
  const channelId = store.channel()?.id;
  const isBot = user.id === store.snapshot()?.bot.id;
  const card = h(
    'div',
    { class: 'card' },
    avatar(user, 48),
    h(
      'div',
      {},
      h('strong', {}, user.displayName, user.bot && h('span', { class: 'tag' }, t('app'))),
      h('span', {}, user.username),
    ),
    h(
      'div',
      { class: 'card-roles' },
      ...rolesOf(store.guild(), user.id).map((role) =>
        h('span', { class: 'role', style: role.color ? { '--role': hexColor(role.color) } : undefined }, role.name),
      ),
    ),
  );
  const items: MenuItem[] = [{ label: t('mention'), icon: 'at', run: () => page.prefill(`<@${user.id}> `) }];
  if (isBot) items.unshift({ label: t('message'), icon: 'send', run: () => void openDm(page) });
  const apps = channelId
    ? store.commands(CommandType.user).map((command) => ({
        label: command.localName,
        run: () => void page.act('contextMenu', { channelId, name: command.name, targetId: user.id }),
      }))
    : [];
  openMenu(user.displayName, x, y, [{ items }, { title: t('apps'), items: apps }], card);
}

export async function openDm(page: Page): Promise<void> {
  const opened = await page.act('openDm', null);
  if (opened) page.openChannel(opened.channelId);
}

function canDelete(page: Page, message: ClientMessage): boolean {
  return message.author.id === page.store.snapshot()?.me.id || page.settings().persona !== 'member';
}

function canStartThread(page: Page, message: ClientMessage): boolean {
  return page.store.channel(message.channelId)?.kind === 'text' && message.threadId === null;
}

async function startThread(page: Page, message: ClientMessage): Promise<void> {
  const suggested =
    message.content
      .replaceAll(/[*_~`|#>]|<[^>]+>/g, '')
      .trim()
      .split('\n')[0] ?? '';
  const name = h('input', { type: 'text', maxlength: 100, required: true, value: suggested.slice(0, 60) });
  const dialog = h('dialog', { class: 'dialog', 'aria-label': t('createThread') });
  let done = false;
  dialog.append(
    h(
      'form',
      { method: 'dialog', on: { submit: () => (done = true) } },
      h('h2', {}, t('createThread')),
      h('label', { class: 'field' }, h('span', { class: 'field-label' }, t('threadName')), name),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { class: 'button secondary', type: 'button', on: { click: () => dialog.close() } }, t('cancel')),
        h('button', { class: 'button primary', type: 'submit' }, t('create')),
      ),
    ),
  );
  await openDialog(dialog);
  if (!done || !name.value.trim()) return;
  const made = await page.act('createThread', {
    channelId: message.channelId,
    name: name.value.trim(),
    messageId: message.id,
  });
  if (made) page.openChannel(made.channelId);
}

function editInPlace(page: Page, message: ClientMessage): void {
  const markdown = document.querySelector(`#message-${message.id} .message-body > .markdown`);
  if (!markdown) return;
  const input = h('textarea', {
    class: 'edit-input',
    rows: Math.min(10, message.content.split('\n').length),
    maxlength: 2000,
    'aria-label': t('edit'),
  });
  input.value = message.content;
  const editor = h('div', { class: 'editor' }, input, h('small', {}, t('editHint')));
  input.addEventListener('keydown', (event) => {
    if (isComposing(event)) return;
    if (event.key === 'Escape') editor.replaceWith(markdown);
    else if (event.key === 'Enter' && !event.shiftKey && input.value.trim()) {
      editor.replaceWith(markdown);
      if (input.value !== message.content) void page.act('editMessage', { ...pathOf(message), content: input.value });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  markdown.replaceWith(editor);
  input.focus();
}
