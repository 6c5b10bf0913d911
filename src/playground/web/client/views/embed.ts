import type { APIEmbed } from 'discord-api-types/v10';
import { h, safeUrl, type Child } from '../dom.ts';
import { renderMarkdown } from '../markdown/render.ts';
import { hexColor } from '../names.ts';
import type { Page } from '../page.ts';
import { formatMessageTime } from '../time.ts';

export function embedView(page: Page, embed: APIEmbed): HTMLElement {
  const markdown = (text: string) => renderMarkdown(text, page.names);
  const color = embed.color === undefined ? undefined : hexColor(embed.color);
  return h(
    'article',
    { class: 'embed', style: color ? { '--stripe': color } : undefined },
    h(
      'div',
      { class: 'embed-body' },
      embed.author && h('div', { class: 'embed-author' }, linked(embed.author.url, embed.author.name)),
      embed.title && h('div', { class: 'embed-title' }, linked(embed.url, markdown(embed.title))),
      embed.description && h('div', { class: 'embed-text' }, markdown(embed.description)),
      embed.fields &&
        embed.fields.length > 0 &&
        h(
          'dl',
          { class: 'embed-fields' },
          ...embed.fields.map((field) =>
            h(
              'div',
              { class: field.inline ? 'inline' : '' },
              h('dt', {}, markdown(field.name)),
              h('dd', {}, markdown(field.value)),
            ),
          ),
        ),
      embed.image && picture(embed.image.url, 'embed-image'),
      (embed.footer || embed.timestamp) &&
        h(
          'div',
          { class: 'embed-footer' },
          [embed.footer?.text, embed.timestamp && formatMessageTime(new Date(embed.timestamp), new Date())]
            .filter(Boolean)
            .join(' • '),
        ),
    ),
    embed.thumbnail && picture(embed.thumbnail.url, 'embed-thumbnail'),
  );
}

function linked(url: string | undefined, content: Child): Child {
  const href = url ? safeUrl(url) : null;
  return href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, content) : h('span', {}, content);
}

/** Pictures of this server are shown; those elsewhere stay links, for the page fetches nothing from outside. */
export function picture(url: string, className: string): HTMLElement | null {
  const href = safeUrl(url);
  if (!href) return null;
  if (new URL(href).origin === location.origin)
    return h('img', { class: className, src: href, alt: '', loading: 'lazy' });
  return h('a', { class: `${className} outside`, href, target: '_blank', rel: 'noopener noreferrer' }, '🖼');
}
