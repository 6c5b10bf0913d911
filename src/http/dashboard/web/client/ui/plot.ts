import { h, type ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../texts/index.ts';

export interface PlotProps {
  readonly id: string;
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string;
  readonly height: number;
  /** How many values there are from left to right, and where the middle of each is. */
  readonly count: number;
  readonly xOf: (index: number, width: number) => number;
  readonly draw: (width: number, active: number | null) => ComponentChildren;
  /** What is told of one value. */
  readonly tell: (index: number) => ComponentChildren;
  readonly legend?: ComponentChildren;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart that is as wide as there is room, tells its values to pointers and arrow keys, and can be read as a table. */
export function Plot({ id, label, height, count, xOf, draw, tell, legend, head, rows }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [active, setActive] = useState<number | null>(null);
  useEffect(() => {
    const { current: element } = frame;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);

  const nearest = (x: number): number => {
    const distance = (index: number): number => Math.abs(xOf(index, width) - x);
    let best = 0;
    for (let index = 1; index < count; index += 1) if (distance(index) < distance(best)) best = index;
    return best;
  };
  const step: Readonly<Record<string, (at: number) => number>> = {
    ArrowRight: (at) => Math.min(count - 1, at + 1),
    ArrowLeft: (at) => Math.max(0, at - 1),
    Home: () => 0,
    End: () => count - 1,
  };
  function onKeyDown(event: KeyboardEvent): void {
    const move = step[event.key];
    if (event.key === 'Escape') setActive(null);
    if (move === undefined || count === 0) return;
    event.preventDefault();
    setActive(active === null ? count - 1 : move(active));
  }

  const shown = active !== null && active < count ? active : null;
  const x = shown === null ? 0 : xOf(shown, width);
  return h(
    'figure',
    { class: 'plot' },
    legend,
    h(
      'div',
      {
        class: 'plot-frame',
        ref: frame,
        role: 'img',
        tabIndex: 0,
        'aria-label': `${label}. ${t('chartKeys')}`,
        onKeyDown,
        onBlur: () => setActive(null),
        onPointerLeave: () => setActive(null),
        onPointerMove: (event: PointerEvent) =>
          count > 0 && setActive(nearest(event.clientX - (frame.current?.getBoundingClientRect().left ?? 0))),
      },
      width > 0 &&
        h('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, draw(width, shown)),
      shown !== null &&
        h('div', { class: x > width / 2 ? 'tip left' : 'tip', style: { insetInlineStart: `${x}px` } }, tell(shown)),
    ),
    h('div', { class: 'sr-only', role: 'status' }, shown === null ? '' : (rows[shown] ?? []).join(', ')),
    h(
      'details',
      { class: 'as-table' },
      h('summary', {}, t('asTable')),
      h(
        'div',
        { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': label },
        h(
          'table',
          { id: `${id}-table` },
          h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
          h(
            'tbody',
            {},
            ...rows.map(([first, ...rest]) =>
              h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((value) => h('td', {}, value))),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Round numbers from 0 to at least the greatest value. */
export function ticksFor(most: number, whole = false): readonly number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 3;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough) ?? rough;
  const size = whole ? Math.max(1, Math.ceil(step)) : step;
  return Array.from({ length: Math.ceil(most / size) + 1 }, (_, index) => index * size);
}

/** Lines across at round numbers, with their names. */
export const gridLines = (
  ticks: readonly number[],
  place: { readonly left: number; readonly right: number; readonly y: (value: number) => number },
  name: (value: number) => string,
) =>
  ticks.map((value) =>
    h(
      'g',
      { class: 'grid-line', key: value },
      h('line', { x1: place.left, x2: place.right, y1: place.y(value), y2: place.y(value) }),
      h('text', { x: place.left - 8, y: place.y(value) + 4, 'text-anchor': 'end' }, name(value)),
    ),
  );
