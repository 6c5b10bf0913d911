import { h } from 'preact';
import { gridLines, Plot, ticksFor } from './plot.ts';

export interface LinePoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

export interface LineProps {
  readonly id: string;
  readonly label: string;
  /** Oldest first. */
  readonly points: readonly LinePoint[];
  readonly value: (value: number) => string;
  readonly when: (at: number) => string;
  readonly head: readonly [string, string];
  readonly look: string;
  /** Whether each value is one that was; a forecast has none. */
  readonly dots: boolean;
}

const HEIGHT = 170;
const TOP = 12;
const BOTTOM = 24;
const LEFT = 58;
const RIGHT = 10;

/** Values over time, with a dot for each. */
export function Line({ id, label, points, value, when, head, look, dots }: LineProps) {
  const ticks = ticksFor(Math.max(0, ...points.map((point) => point.value)));
  const most = ticks.at(-1) ?? 1;
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1];
  const y = (number: number): number => HEIGHT - BOTTOM - (number / most) * (HEIGHT - TOP - BOTTOM);
  const xAt = (at: number, width: number): number =>
    LEFT + ((at - first) / Math.max(1, last - first)) * (width - LEFT - RIGHT);
  const xOf = (index: number, width: number): number => xAt(points[index]?.at ?? 0, width);

  return h(Plot, {
    id,
    label,
    height: HEIGHT,
    count: points.length,
    xOf,
    head,
    rows: points.map((point) => [when(point.at), value(point.value)]),
    tell: (index) => {
      const point = points[index];
      return point === undefined ? null : [h('strong', {}, value(point.value)), h('span', {}, when(point.at))];
    },
    draw(width, active) {
      const path = points
        .map((point, index) => `${index === 0 ? 'M' : 'L'}${xAt(point.at, width)} ${y(point.value)}`)
        .join('');
      const floor = y(0);
      const area = `${path}L${xAt(last, width)} ${floor}L${xAt(first, width)} ${floor}Z`;
      return [
        ...gridLines(ticks, { left: LEFT, right: width - RIGHT, y }, value),
        h('path', { class: `area ${look}`, d: area }),
        h('path', { class: `stroke ${look}${dots ? '' : ' ahead'}`, d: path }),
        ...(dots
          ? points.map((point, index) =>
              h('circle', { class: look, cx: xAt(point.at, width), cy: y(point.value), r: active === index ? 5 : 3 }),
            )
          : []),
        !dots &&
          active !== null &&
          h('circle', { class: look, cx: xOf(active, width), cy: y(points[active]?.value ?? 0), r: 4 }),
        h('text', { class: 'axis', x: LEFT, y: HEIGHT - 6 }, when(first)),
        h('text', { class: 'axis', x: width - RIGHT, y: HEIGHT - 6, 'text-anchor': 'end' }, when(last)),
      ];
    },
  });
}
