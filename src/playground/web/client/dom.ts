export type Child = Node | string | null | undefined | false;

type Handlers = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

interface Props {
  readonly class?: string;
  readonly on?: Handlers;
  /** Set through the CSSOM: the page's security policy allows no `style` attributes. */
  readonly style?: Readonly<Record<string, string>> | undefined;
  readonly [attribute: string]: unknown;
}

/** Builds an element. Text goes in as text nodes only, so nothing that anyone typed is ever read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on' || name === 'style' || value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value as string;
    else element.setAttribute(name, value === true ? '' : `${value as string | number}`);
  }
  for (const [type, handler] of Object.entries(props.on ?? {}))
    element.addEventListener(type, handler as EventListener);
  for (const [name, value] of Object.entries(props.style ?? {})) element.style.setProperty(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly Node[]) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Links to web pages only; anything else is refused rather than repaired. */
export function safeUrl(url: string): string | null {
  const parsed = URL.parse(url, location.href);
  return parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : null;
}

/** True while an input method is composing: its Enter chooses a word and must not send anything. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
