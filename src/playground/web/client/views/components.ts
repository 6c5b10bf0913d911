import type {
  APIButtonComponent,
  APIComponentInContainer,
  APIMessageTopLevelComponent,
  APISectionAccessoryComponent,
} from 'discord-api-types/v10';
import type { ClientMessage } from '../../../client-state.ts';
import { Button, Kind } from '../discord.ts';
import { h, safeUrl } from '../dom.ts';
import { icon } from '../icons.ts';
import { renderMarkdown } from '../markdown/render.ts';
import { hexColor } from '../names.ts';
import type { Page } from '../page.ts';
import { attachmentView } from './attachment.ts';
import { picture } from './embed.ts';
import { entityChoices, selectView } from './select.ts';

const buttonClass: Readonly<Record<number, string>> = {
  [Button.primary]: 'primary',
  [Button.secondary]: 'secondary',
  [Button.success]: 'success',
  [Button.danger]: 'danger',
  [Button.link]: 'secondary',
};

type Anything = APIMessageTopLevelComponent | APIComponentInContainer | APISectionAccessoryComponent;

/** Buttons, select menus and the layout components around them. What was pressed shows as pending until acknowledged. */
export function componentView(page: Page, message: ClientMessage, component: Anything): HTMLElement | null {
  const inner = (part: Anything) => componentView(page, message, part);
  switch (component.type) {
    case Kind.actionRow:
      return h(
        'div',
        { class: 'action-row' },
        ...component.components.map((part) => {
          if (part.type === Kind.button) return buttonView(page, message, part);
          return selectView({
            label: part.placeholder,
            choices: part.type === Kind.stringSelect ? part.options : entityChoices(page, part.type),
            chosen: part.type === Kind.stringSelect ? undefined : part.default_values?.map(({ id }) => id),
            min: part.min_values ?? 1,
            max: part.max_values ?? 1,
            disabled: part.disabled ?? false,
            pending: isPending(page, message, part.custom_id),
            onChoose: (values) => void page.act('select', { ...pathOf(message), customId: part.custom_id, values }),
          }).element;
        }),
      );
    case Kind.button:
      return buttonView(page, message, component);
    case Kind.textDisplay:
      return renderMarkdown(component.content, page.names);
    case Kind.section:
      return h(
        'div',
        { class: 'section' },
        h('div', { class: 'section-text' }, ...component.components.map(inner)),
        inner(component.accessory),
      );
    case Kind.container: {
      const stripe = component.accent_color ? hexColor(component.accent_color) : undefined;
      return h(
        'div',
        { class: 'container', style: stripe ? { '--stripe': stripe } : undefined },
        ...component.components.map(inner),
      );
    }
    case Kind.separator:
      return h('div', { class: component.divider === false ? 'separator' : 'separator line' });
    case Kind.thumbnail:
      return picture(component.media.url, 'embed-thumbnail');
    case Kind.mediaGallery:
      return h('div', { class: 'gallery' }, ...component.items.map((entry) => picture(entry.media.url, 'embed-image')));
    case Kind.file: {
      const named = message.attachments.find(({ filename }) => component.file.url === `attachment://${filename}`);
      return named ? attachmentView(named) : null;
    }
    default:
      return null;
  }
}

function buttonView(page: Page, message: ClientMessage, button: APIButtonComponent): HTMLElement | null {
  if (!('style' in button) || !(button.style in buttonClass)) return null;
  const label = 'label' in button ? button.label : undefined;
  const emoji = 'emoji' in button ? button.emoji : undefined;
  const content = [
    emoji && h('span', { class: 'button-emoji' }, emoji.id ? `:${emoji.name ?? ''}:` : (emoji.name ?? '')),
    label && h('span', { class: 'button-label' }, label),
  ];
  const className = `button ${buttonClass[button.style] ?? ''}`;
  if ('url' in button) {
    const href = safeUrl(button.url);
    return h(
      'a',
      { class: className, href: href ?? undefined, target: '_blank', rel: 'noopener noreferrer' },
      ...content,
      icon('external', 16),
    );
  }
  if (!('custom_id' in button)) return null;
  const customId = button.custom_id;
  const pending = isPending(page, message, customId);
  return h(
    'button',
    {
      class: pending ? `${className} pending` : className,
      type: 'button',
      disabled: button.disabled ?? false,
      'aria-busy': pending ? 'true' : undefined,
      'data-custom-id': customId,
      on: {
        click: ({ currentTarget }) => {
          if (!(currentTarget instanceof HTMLElement) || currentTarget.classList.contains('pending')) return;
          currentTarget.classList.add('pending');
          void press(page, message, customId, currentTarget);
        },
      },
    },
    ...content,
    h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
  );
}

async function press(page: Page, message: ClientMessage, customId: string, button: HTMLElement): Promise<void> {
  const sent = await page.act('click', { ...pathOf(message), customId });
  if (!sent) button.classList.remove('pending');
}

function isPending(page: Page, message: ClientMessage, customId: string): boolean {
  return page.store
    .interactions()
    .some((one) => one.state === 'sent' && one.messageId === message.id && one.customId === customId);
}

export function pathOf(message: ClientMessage) {
  return { channelId: message.channelId, messageId: message.id };
}
