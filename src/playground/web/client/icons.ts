import { svg } from './dom.ts';

// Drawn for this page, on a 24 × 24 grid, as strokes.
const paths = {
  hash: 'M9 4 7 20M17 4l-2 16M4.500 9h16M3.500 15h16',
  thread: 'M8 3 6.500 13M14 3l-1.500 10M4 6.500h13M3 10.500h12M13 17h8M13 20.500h5',
  at: 'M16 8v5a2.500 2.500 0 0 0 5 0v-1a9 9 0 1 0-3.600 7.200M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0',
  reply: 'm9 7-5 5 5 5M4.500 12H14a6 6 0 0 1 6 6v1',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  trash: 'M4 7h16M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13M10 11v5M14 11v5',
  edit: 'm14.500 5.500 4 4L8 20H4v-4Z',
  copy: 'M9 9h11v11H9ZM5 15H4V4h11v1',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM14.800 12a2.800 2.800 0 1 1-5.600 0 2.800 2.800 0 0 1 5.600 0',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M4 5.500 20 12 4 18.500 6.500 12ZM6.500 12H13',
  file: 'M6 3h8l4 4v14H6ZM14 3v4h4',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  menu: 'M4 6h16M4 12h16M4 18h16',
  people:
    'M12.500 8a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0ZM2.500 20v-1.500a5 5 0 0 1 5-5h3a5 5 0 0 1 5 5V20M16 4.800a3.500 3.500 0 0 1 0 6.400M18.500 14a5 5 0 0 1 3 4.500V20',
  chevron: 'm7 10 5 5 5-5',
  down: 'M12 5v14M6 13l6 6 6-6',
  alert: 'M12 7.500v5.500M12 16.500h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
  check: 'm5 12.500 4.500 4.500L19 7.500',
  slash: 'M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4ZM14 8l-4 8',
  external: 'M13 5h6v6M19 5l-9 9M17 14v5H5V7h5',
  chart: 'M4 20V4M4 20h16M8.500 16v-4M13 16V8M17.500 16v-6',
  smile: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M9 10h.01M15 10h.01M8.500 14.500a4.500 4.500 0 0 0 7 0',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4.200 4.200 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.200 4.200 0 0 0 6 6l1-1',
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: whatever carries it says in words what it means. */
export function icon(name: IconName, size = 20): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', width: size, height: size, class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', {
      d: paths[name],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': name === 'more' ? 3 : 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}
