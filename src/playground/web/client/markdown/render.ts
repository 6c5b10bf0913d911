import { h, safeUrl, type Child } from '../dom.ts';
import { icon } from '../icons.ts';
import { t } from '../texts.ts';
import { timestamp } from '../time.ts';
import { parseMarkdown } from './blocks.ts';
import type { MarkdownNode } from './tree.ts';

/** Names for the ids in a text, and what a click on them does. */
export interface Names {
  user(id: string): { readonly name: string; readonly isMe: boolean } | null;
  role(id: string): { readonly name: string; readonly color: string | null } | null;
  channel(id: string): { readonly name: string; readonly open: () => void } | null;
  command(name: string): (() => void) | null;
}

const onlyEmoji = /^(?:\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*|\s){1,27}$/u;

/** A message's content as DOM nodes. */
export function renderMarkdown(text: string, names: Names): HTMLElement {
  const jumbo = text.trim() !== '' && onlyEmoji.test(text);
  return h('div', { class: jumbo ? 'markdown jumbo' : 'markdown' }, ...render(parseMarkdown(text), names));
}

function render(nodes: readonly MarkdownNode[], names: Names): Child[] {
  return nodes.map((node) => renderNode(node, names));
}

function renderNode(node: MarkdownNode, names: Names): Child {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'bold':
      return h('strong', {}, ...render(node.children, names));
    case 'italic':
      return h('em', {}, ...render(node.children, names));
    case 'underline':
      return h('u', {}, ...render(node.children, names));
    case 'strike':
      return h('s', {}, ...render(node.children, names));
    case 'spoiler':
      return spoiler(render(node.children, names));
    case 'code':
      return h('code', {}, node.text);
    case 'codeBlock':
      return codeBlock(node.language, node.text);
    case 'quote':
      return h('blockquote', {}, ...render(node.children, names));
    case 'heading':
      return h(node.level === 1 ? 'h3' : node.level === 2 ? 'h4' : 'h5', {}, ...render(node.children, names));
    case 'subtext':
      return h('small', {}, ...render(node.children, names));
    case 'list':
      return list(node.start, node.items, names);
    case 'link':
      return link(node.url, render(node.children, names));
    case 'user': {
      const user = names.user(node.id);
      return h('span', { class: user?.isMe ? 'mention me' : 'mention' }, `@${user?.name ?? 'unknown-user'}`);
    }
    case 'role': {
      const role = names.role(node.id);
      return h(
        'span',
        role?.color ? { class: 'mention role-name', style: { '--role': role.color } } : { class: 'mention' },
        `@${role?.name ?? 'unknown-role'}`,
      );
    }
    case 'everyone':
      return h('span', { class: 'mention' }, node.text);
    case 'channel': {
      const channel = names.channel(node.id);
      if (!channel) return h('span', { class: 'mention' }, '#unknown');
      return h('button', { class: 'mention', type: 'button', on: { click: channel.open } }, `#${channel.name}`);
    }
    case 'command': {
      const use = names.command(node.name);
      if (!use) return h('span', { class: 'mention' }, `/${node.name}`);
      return h('button', { class: 'mention', type: 'button', on: { click: use } }, `/${node.name}`);
    }
    case 'timestamp':
      return timestamp(node.seconds, node.style);
    case 'emoji':
      return h('span', { class: 'custom-emoji', title: `:${node.name}:` }, `:${node.name}:`);
    default:
      return null;
  }
}

function spoiler(children: Child[]): HTMLElement {
  const element = h('span', { class: 'spoiler', role: 'button', tabindex: 0, 'aria-label': t('spoiler') }, ...children);
  const reveal = () => {
    element.classList.add('shown');
    for (const name of ['role', 'tabindex', 'aria-label']) element.removeAttribute(name);
  };
  element.addEventListener('click', reveal);
  element.addEventListener('keydown', ({ key }) => (key === 'Enter' || key === ' ') && reveal());
  return element;
}

function codeBlock(language: string, text: string): HTMLElement {
  const copy = h(
    'button',
    { class: 'copy', type: 'button', title: t('copyCode'), 'aria-label': t('copyCode') },
    icon('copy', 16),
  );
  copy.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(() => copy.replaceChildren(icon('check', 16)));
  });
  return h(
    'div',
    { class: 'code-block' },
    h('div', { class: 'code-head' }, h('span', {}, language), copy),
    h('pre', { tabindex: 0 }, h('code', {}, text)),
  );
}

function list(start: number | null, items: readonly (readonly MarkdownNode[])[], names: Names): HTMLElement {
  const entries = items.map((entry) => h('li', {}, ...render(entry, names)));
  return start === null ? h('ul', {}, ...entries) : h('ol', { start }, ...entries);
}

function link(url: string, children: Child[]): Child {
  const href = safeUrl(url);
  if (!href) return h('span', {}, ...children);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', title: href }, ...children);
}
