import type { ClientMessage } from '../../../client-state.ts';
import { SUPPRESS_EMBEDS } from '../discord.ts';
import { h, type Child } from '../dom.ts';
import { icon } from '../icons.ts';
import { inOneLine } from '../markdown/one-line.ts';
import { renderMarkdown } from '../markdown/render.ts';
import { avatar, nameColor } from '../names.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { formatDate, formatMessageTime, timestampText } from '../time.ts';
import { attachmentView } from './attachment.ts';
import { componentView, pathOf } from './components.ts';
import { embedView } from './embed.ts';
import { messageToolbar, openMessageMenu, openUserMenu } from './message-actions.ts';

/** Whether a message continues the one above it: same author, soon after, nothing of its own to say above it. */
export function continues(message: ClientMessage, above: ClientMessage | undefined): boolean {
  if (!above || message.reply || message.interaction || above.author.id !== message.author.id) return false;
  if (above.ephemeral !== message.ephemeral) return false;
  return Date.parse(message.createdAt) - Date.parse(above.createdAt) < 7 * 60_000;
}

export function messageView(page: Page, message: ClientMessage, compact: boolean): HTMLElement {
  const me = page.store.snapshot()?.me.id ?? '';
  const guild = page.store.guild();
  const myRoles = guild?.members.find(({ user }) => user.id === me)?.roleIds ?? [];
  const { pings } = message;
  const pinged = pings.everyone || pings.userIds.includes(me) || pings.roleIds.some((id) => myRoles.includes(id));
  const classes = ['message', !compact && 'first', message.ephemeral && 'ephemeral', pinged && 'pinged'];
  const at = new Date(message.createdAt);
  const element = h(
    'li',
    {
      class: classes.filter(Boolean).join(' '),
      id: `message-${message.id}`,
      'data-id': message.id,
      tabindex: -1,
      'aria-busy': message.thinking ? 'true' : undefined,
      'aria-label': `${message.author.displayName}, ${formatMessageTime(at, new Date())}`,
    },
    contextLine(page, message),
    compact
      ? h('time', { class: 'side-time', datetime: message.createdAt }, formatDate(at, 't'))
      : h('span', { class: 'side' }, avatar(message.author, 40)),
    h('div', { class: 'message-body' }, !compact && header(page, message, at), ...body(page, message)),
    messageToolbar(page, message),
  );
  element.addEventListener('contextmenu', (event) => {
    const selecting = !getSelection()?.isCollapsed;
    if (selecting || (event.target instanceof Element && event.target.closest('a'))) return;
    event.preventDefault();
    openMessageMenu(page, message, event.clientX, event.clientY);
  });
  return element;
}

function header(page: Page, message: ClientMessage, at: Date): HTMLElement {
  const color = nameColor(page.store.guild(), message.author.id);
  return h(
    'div',
    { class: 'message-head' },
    h(
      'button',
      {
        class: color ? 'author role-name' : 'author',
        type: 'button',
        style: color ? { '--role': color } : undefined,
        on: { click: (event) => openUserMenu(page, message.author, event.clientX, event.clientY) },
      },
      message.author.displayName,
    ),
    message.author.bot && h('span', { class: 'tag' }, t('app')),
    h(
      'time',
      { class: 'time', datetime: message.createdAt, title: formatDate(at, 'F') },
      formatMessageTime(at, new Date()),
    ),
  );
}

/** The line above: what it replies to, or who used which command. */
function contextLine(page: Page, message: ClientMessage): Child {
  if (message.reply) {
    const { author, preview, messageId } = message.reply;
    const jump = () => {
      const target = document.getElementById(`message-${messageId}`);
      target?.scrollIntoView({ block: 'center' });
      target?.focus();
    };
    if (!author) return h('div', { class: 'context' }, h('em', {}, t('deletedReply')));
    return h(
      'div',
      { class: 'context' },
      avatar(author, 16),
      h('span', { class: 'context-name' }, author.displayName),
      h(
        'button',
        { class: 'context-text', type: 'button', on: { click: jump } },
        inOneLine(preview, { ...withMentions(page, message), time: timestampText }) || t('attachmentReply'),
      ),
    );
  }
  if (!message.interaction?.name) return null;
  const { user, name } = message.interaction;
  return h(
    'div',
    { class: 'context' },
    avatar(user, 16),
    h('span', { class: 'context-name' }, user.displayName),
    h('span', {}, t('used')),
    h('span', { class: 'context-command' }, icon('slash', 14), name),
  );
}

function body(page: Page, message: ClientMessage): Child[] {
  if (message.thinking) {
    const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
    return [
      h('div', { class: 'thinking' }, dots, t('thinking', { bot: message.author.displayName })),
      footer(page, message),
    ];
  }
  const edited =
    message.editedAt && h('span', { class: 'edited', title: formatDate(new Date(message.editedAt), 'F') }, t('edited'));
  const text = message.content ? renderMarkdown(message.content, withMentions(page, message)) : null;
  if (text && edited) text.append(' ', edited);
  const embeds = message.flags & SUPPRESS_EMBEDS ? [] : message.embeds;
  return [
    text ?? null,
    ...message.attachments.map(attachmentView),
    ...embeds.map((embed) => embedView(page, embed)),
    ...message.components.map((component) => componentView(page, message, component)),
    failedPress(page, message),
    reactions(page, message),
    thread(page, message),
    footer(page, message),
  ];
}

/** Names that the message itself brings win: its people may have left since. */
function withMentions(page: Page, message: ClientMessage): Page['names'] {
  return {
    ...page.names,
    user: (id) => {
      const named = message.mentions.users.find((user) => user.id === id);
      return page.names.user(id) ?? (named ? { name: named.displayName, isMe: false } : null);
    },
  };
}

function failedPress(page: Page, message: ClientMessage): Child {
  const last = page.store.interactions().findLast((one) => one.messageId === message.id && one.kind === 'component');
  if (last?.state !== 'failed') return null;
  return h('div', { class: 'failure', role: 'alert' }, icon('alert', 16), last.failure ?? t('interactionFailed'));
}

function reactions(page: Page, message: ClientMessage): Child {
  if (message.reactions.length === 0) return null;
  return h(
    'div',
    { class: 'reactions' },
    ...message.reactions.map(({ emoji, count, mine }) =>
      h(
        'button',
        {
          class: mine ? 'reaction mine' : 'reaction',
          type: 'button',
          'aria-pressed': String(mine),
          'aria-label': t('react', { emoji }),
          on: { click: () => void page.act('react', { ...pathOf(message), emoji, on: !mine }) },
        },
        h('span', {}, emoji.includes(':') ? `:${emoji.split(':')[0] ?? ''}:` : emoji),
        h('span', {}, String(count)),
      ),
    ),
  );
}

function thread(page: Page, message: ClientMessage): Child {
  const id = message.threadId;
  const channel = id ? page.store.channel(id) : null;
  if (!channel) return null;
  return h(
    'button',
    { class: 'thread-card', type: 'button', on: { click: () => page.openChannel(channel.id) } },
    icon('thread', 18),
    h('strong', {}, channel.name),
    h('span', {}, `${t('openThread')} ›`),
  );
}

function footer(page: Page, message: ClientMessage): Child {
  if (!message.ephemeral) return null;
  const dismiss = () => void page.act('dismiss', pathOf(message));
  return h(
    'div',
    { class: 'only-you' },
    icon('eye', 16),
    h('span', {}, `${t('onlyYou')} · `),
    h('button', { type: 'button', class: 'link', on: { click: dismiss } }, t('dismiss')),
  );
}
