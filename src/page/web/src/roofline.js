// Operators under the roofs of the devices that run them.
import { axis, figure, legend, tip } from './chart.js';
import { letter, percent, quantity, ratio, scale_for, short, shortened } from './format.js';
import { LabelPlaces, label_series } from './label_places.js';
import { cluster, labels_of, point_name } from './roofline_names.js';
import { at, count, scaled, table } from './table.js';

const groups = [
  { name: 'linear', symbol: 'circle' },
  { name: 'attention', symbol: 'diamond' },
  { name: 'other', symbol: 'triangle' },
];
const number = true;

function group_of(name) {
  return groups.find((group) => group.name === name) ?? groups[2];
}

/** What a device of this profile reaches at `intensity` flop/byte; null where neither figure is known. */
function roof_at(roof, intensity) {
  const limits = [roof.flops_per_s, roof.memory_Bps > 0 ? roof.memory_Bps * intensity : 0].filter((limit) => limit > 0);
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Points of all results: {x, y, index, …} or without x and y where there is nothing to divide. */
function points_of(results) {
  return results.flatMap(({ result, mark }, which) =>
    (result.operators ?? []).map((operator, index) => {
      const drawn = operator.flop > 0 && operator.memory_bytes > 0 && operator.time_s > 0;
      const roof = result.architectures?.[operator.architecture];
      const x = drawn ? operator.flop / operator.memory_bytes : null;
      return {
        operator,
        index,
        which,
        mark,
        result,
        x,
        y: drawn ? operator.flop / operator.time_s : null,
        roof: drawn && roof ? roof_at(roof, x) : null,
        share: ratio(operator.time_s, result.time_s) ?? 0,
      };
    }),
  );
}

/** Roofs of profiles whose devices worked, the same of two results once. */
function roofs_of(results) {
  const roofs = new Map();
  for (const { result } of results) {
    const worked = new Set((result.operators ?? []).map(({ architecture }) => architecture));
    for (const [name, roof] of Object.entries(result.architectures ?? {})) {
      if (!worked.has(name) || !(roof.flops_per_s > 0 || roof.memory_Bps > 0)) continue;
      roofs.set(JSON.stringify([name, roof.flops_per_s, roof.memory_Bps]), { name, ...roof });
    }
  }
  return [...roofs.values()];
}

function decades(values) {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  if (known.length === 0) return null;
  const first = Math.floor(Math.log10(Math.min(...known)) - 0.02);
  const last = Math.ceil(Math.log10(Math.max(...known)) + 0.02);
  return { min: 10 ** first, max: 10 ** Math.max(last, first + 1) };
}

function ranges(points, roofs) {
  const ridges = roofs
    .filter((roof) => roof.flops_per_s > 0 && roof.memory_Bps > 0)
    .map((roof) => roof.flops_per_s / roof.memory_Bps);
  const x = decades([...points.map((point) => point.x), ...ridges]);
  const tops = roofs.map((roof) => roof_at(roof, x.max));
  return { x, y: decades([...points.map((point) => point.y), ...tops]) };
}

function roof_line(roof, { x, y }) {
  const first = roof.memory_Bps > 0 ? Math.max(x.min, y.min / roof.memory_Bps) : x.min;
  const ridge = roof.memory_Bps > 0 && roof.flops_per_s > 0 ? roof.flops_per_s / roof.memory_Bps : null;
  const inside = ridge !== null && ridge > first && ridge < x.max ? [ridge] : [];
  return [first, ...inside, x.max].map((at_x) => [at_x, roof_at(roof, at_x)]);
}

function prefixed(value) {
  const scale = scale_for([value], '');
  return `${short(value / scale.factor)}${scale.unit ? ` ${scale.unit}` : ''}`;
}

function point_tip(point, points) {
  const { operator, x, y, roof, mark } = point;
  const others = [
    ...new Set(
      cluster(points, point)
        .filter((other) => other !== point)
        .map(point_name),
    ),
  ];
  return tip(`${mark ? `${mark}: ` : ''}${point_name(point)}`, [
    ['type', operator.type],
    ['class', operator.class],
    ['phase', operator.phase],
    ['on', operator.architecture],
    ['pieces of work', String(operator.count)],
    ['time', quantity(operator.time_s, 's')],
    ['intensity', `${short(x)} flop/byte`],
    ['rate', quantity(y, 'flop/s')],
    ['of the roof', percent(ratio(y, roof))],
    ['energy', quantity(operator.energy_J, 'J')],
    others.length > 0 ? ['here, too', shortened(others.join(', '), 80)] : null,
  ]);
}

const plain = { symbol: 'none' };
const roof_types = ['solid', 'dashed', 'dotted', [12, 4, 2, 4]];

const label_size = 12;
const sides = { left: 68, right: 22, bottom: 56 };

function radius_of({ share }) {
  return (9 + 13 * Math.sqrt(Math.min(1, share))) / 2;
}

/** Names of roofs at their right ends and of points, none upon another: those of what takes longest go first. */
function placed_labels(points, roofs, range, many, context, area) {
  const { colours } = context;
  const part = (value, { min, max }) => Math.log(value / min) / Math.log(max / min);
  const place_of = ({ x, y }) => ({
    x: area.left + (area.right - area.left) * part(x, range.x),
    y: area.bottom - (area.bottom - area.top) * part(y, range.y),
  });
  const places = new LabelPlaces(area, label_size);
  const spots = new Map(points.map((point) => [point, { ...place_of(point), radius: radius_of(point) }]));
  for (const spot of spots.values()) places.add_mark(spot);
  const labels = [];
  const add = (label, colour) => label && labels.push({ ...label, colour });
  for (const roof of roofs) {
    const { y } = place_of({ x: range.x.max, y: roof_at(roof, range.x.max) });
    const corners = [];
    for (let line = 0; line < 8; ++line) {
      corners.push((width, height) => ({ left: area.right - 4 - width, top: y - 3 - (line + 1) * height }));
      corners.push((width, height) => ({ left: area.right - 4 - width, top: y + 3 + line * height }));
    }
    add(places.place(shortened(roof.name, 28), corners), colours.quiet);
  }
  const room = context.narrow ? { most: 4, longest: 24, narrow: true } : { most: 10, longest: 46 };
  const named = many ? new Map(points.map((point) => [point, point.mark])) : labels_of(points, room);
  const order = [...named.keys()].sort((one, two) => two.share - one.share);
  for (const point of order) {
    add(places.place_at(spots.get(point), named.get(point), !many), colours.text);
  }
  return labels;
}

function series_of(points, roofs, range, many, context) {
  const { colours } = context;
  const series = roofs.map((roof, index) => ({
    type: 'line',
    name: `roof of ${roof.name}`,
    data: roof_line(roof, range),
    showSymbol: false,
    symbol: 'none',
    silent: true,
    z: 1,
    lineStyle: { color: colours.strong, width: 1.8, type: roof_types[index % roof_types.length] },
    itemStyle: { color: colours.strong },
    tooltip: { show: false },
  }));
  const wholes = many ? [...new Set(points.map(({ mark }) => mark))] : [null];
  for (const mark of wholes) {
    for (const phase of ['prefill', 'decode']) {
      for (const group of groups) {
        const own = points.filter(
          (point) =>
            point.operator.phase === phase &&
            group_of(point.operator.class) === group &&
            (mark === null || point.mark === mark),
        );
        if (own.length === 0) continue;
        const colour = mark === null ? colours.points[group.name] : colours.hues[own[0].which % colours.hues.length];
        series.push({
          type: 'scatter',
          name: [mark, group.name, phase].filter(Boolean).join(' · '),
          symbol: group.symbol,
          z: 3,
          data: own.map((point) => ({
            value: [point.x, point.y],
            at: points.indexOf(point),
            symbolSize: 2 * radius_of(point),
          })),
          itemStyle:
            phase === 'prefill'
              ? { color: colour, borderColor: colours.page, borderWidth: 0.8, opacity: 0.92, decal: plain }
              : { color: colours.page, borderColor: colour, borderWidth: 2.2, decal: plain },
        });
      }
    }
  }
  return series;
}

function operator_table(points, many) {
  const energy = scale_for(
    points.map(({ operator }) => operator.energy_J),
    'J',
  );
  const time = scale_for(
    points.map(({ operator }) => operator.time_s),
    's',
  );
  const rate = scale_for(
    points.map(({ y }) => y),
    'flop/s',
  );
  const columns = [
    { label: 'operator' },
    ...(many ? [{ label: 'result' }] : []),
    { label: 'type' },
    { label: 'class' },
    { label: 'phase' },
    { label: 'on' },
    { label: 'count', number },
    { label: 'time', unit: time.unit, number },
    { label: 'flop', number },
    { label: 'bytes', number },
    { label: 'flop/byte', number },
    { label: 'rate', unit: rate.unit, number },
    { label: 'of the roof', unit: '%', number },
    { label: 'energy', unit: energy.unit, number },
  ];
  const one = { factor: 1 };
  const rows = points.map(({ operator, index, result, mark, x, y, roof }) => {
    const of = (key) => at(result, ['operators', index, key]);
    const pointed = (cell) => (many ? { ...cell, pointer: null } : cell);
    return [
      operator.name || operator.type,
      ...(many ? [mark] : []),
      operator.type,
      operator.class,
      operator.phase,
      operator.architecture,
      pointed(count(of('count'))),
      pointed(scaled(of('time_s'), time)),
      pointed(scaled(of('flop'), one)),
      pointed(scaled(of('memory_bytes'), one)),
      { ...scaled({ value: x }, one), measure: `intensity:${index}` },
      { ...scaled({ value: y }, rate), measure: `rate:${index}` },
      scaled({ value: ratio(y, roof) }, { factor: 0.01 }, 4),
      pointed(scaled(of('energy_J'), energy)),
    ];
  });
  return table('Operators', columns, rows);
}

/** results: [{result, mark}]; marks ("A", "B") where there are several. Null where no operator has flop and bytes. */
export function roofline_chart(results, level) {
  const all = points_of(results);
  const points = all.filter(({ x }) => x !== null);
  if (points.length === 0) return null;
  const left_out = all.length - points.length;
  const many = results.length > 1;
  const marked = many ? all.map((point) => ({ ...point, mark: letter(point.which) })) : all;
  const drawn = marked.filter(({ x }) => x !== null);
  const roofs = roofs_of(results);
  const range = ranges(drawn, roofs);
  const plot_height = ({ narrow }) => (narrow ? 340 : 440);
  const names = (context) =>
    series_of(drawn, roofs, range, many, context)
      .filter(({ type }) => type === 'scatter')
      .map(({ name }) => name);
  return figure({
    level,
    title: 'Roofline',
    kind: 'Scatter chart',
    note:
      'An operator’s work of one phase is a point: how much arithmetic it does for each byte of memory traffic, and ' +
      'how fast it is on one device. Filled: prefill; hollow: decode. Larger points take more of the time.' +
      (left_out > 0 ? ` ${left_out} without arithmetic or memory traffic are only in the table.` : ''),
    height: (context) => plot_height(context) + legend(names(context), context).height,
    option: (context) => {
      const series = series_of(drawn, roofs, range, many, context);
      const top = legend(names(context), context);
      const area = {
        left: sides.left,
        right: context.width - sides.right,
        top: top.height + 6,
        bottom: plot_height(context) + top.height - sides.bottom,
      };
      const labels = placed_labels(drawn, roofs, range, many, context, area);
      const scale = (name, gap, limits, formatter, margin) =>
        axis(context, {
          type: 'log',
          name,
          nameLocation: 'middle',
          nameGap: gap,
          ...limits,
          axisLabel: { formatter, margin },
        });
      return {
        legend: { ...top.option, itemStyle: {} },
        grid: { ...sides, top: area.top, outerBoundsMode: 'none' },
        xAxis: scale('intensity in flop/byte', 34, range.x, (value) => (value < 1e4 ? short(value) : prefixed(value)), 14),
        yAxis: scale('rate in flop/s', 50, range.y, prefixed, 8),
        tooltip: { trigger: 'item', formatter: ({ data }) => point_tip(drawn[data.at], drawn) },
        series: [...series, label_series(labels, label_size, context.colours, [range.x.min, range.y.min])],
      };
    },
    table: () => operator_table(marked, many),
  }).element;
}
