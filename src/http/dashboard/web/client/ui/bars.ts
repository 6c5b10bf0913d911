import { h } from 'preact';
import { gridLines, Plot, ticksFor } from './plot.ts';

export interface Series {
  readonly name: string;
  /** The class that gives it its colour. */
  readonly look: string;
}

export interface BarsProps {
  readonly id: string;
  readonly label: string;
  readonly series: readonly Series[];
  readonly columns: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Over the names of the columns. */
  readonly column: string;
  readonly number: (value: number) => string;
  readonly height?: number;
}

const TOP = 10;
const BOTTOM = 24;
const LEFT = 34;
const GAP = 0.3;
const LABEL_PX = 64;

/** Columns of stacked parts. */
export function Bars({ id, label, series, columns, column, number, height = 200 }: BarsProps) {
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const ticks = ticksFor(Math.max(0, ...columns.map(({ values }) => sum(values))), true);
  const most = ticks.at(-1) ?? 1;
  const y = (value: number): number => height - BOTTOM - (value / most) * (height - TOP - BOTTOM);
  const slot = (width: number): number => (width - LEFT) / columns.length;
  const xOf = (index: number, width: number): number => LEFT + slot(width) * (index + 0.5);

  return h(Plot, {
    id,
    label,
    height,
    count: columns.length,
    xOf,
    head: [column, ...series.map(({ name }) => name)],
    rows: columns.map(({ name, values }) => [name, ...values.map(number)]),
    legend: h(
      'ul',
      { class: 'legend', 'aria-hidden': 'true' },
      ...series.map(({ name, look }) => h('li', {}, h('i', { class: look }), name)),
    ),
    tell: (index) => {
      const { name = '', values = [] } = columns[index] ?? {};
      return [
        h('strong', {}, name),
        ...series.map((one, at) =>
          h('span', {}, h('i', { class: one.look }), `${one.name} ${number(values[at] ?? 0)}`),
        ),
      ];
    },
    draw(width, active) {
      const each = slot(width);
      const thick = Math.min(26, each * (1 - GAP));
      const every = Math.max(1, Math.ceil(LABEL_PX / each));
      return [
        ...gridLines(ticks, { left: LEFT, right: width, y }, number),
        ...columns.map(({ name, values }, index) => {
          const x = xOf(index, width);
          let below = 0;
          const parts = values.map((value, at) => {
            const from = below;
            below += value;
            const look = series[at]?.look ?? '';
            return (
              value > 0 &&
              h('rect', {
                class: look,
                x: x - thick / 2,
                width: thick,
                y: y(below),
                height: y(from) - y(below),
                rx: Math.min(2, thick / 4),
              })
            );
          });
          const isLast = index === columns.length - 1;
          const anchor = isLast && columns.length > 3 ? 'end' : 'middle';
          // The last name ends with the chart, so the one before it needs more room.
          const hasRoom = isLast || x + LABEL_PX / 2 < width - LABEL_PX;
          const isNamed = (columns.length - 1 - index) % every === 0 && hasRoom;
          return h(
            'g',
            { key: name },
            active === index &&
              h('rect', { class: 'under', x: x - each / 2, width: each, y: TOP, height: height - TOP - BOTTOM }),
            ...parts,
            isNamed &&
              x - LABEL_PX / 2 > 0 &&
              h('text', { class: 'axis', x: anchor === 'end' ? width : x, y: height - 6, 'text-anchor': anchor }, name),
          );
        }),
      ];
    },
  });
}
