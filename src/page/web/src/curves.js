// How latencies are spread over requests: cumulative curves, with objectives as lines.
import { axis, figure, legend, tip } from './chart.js';
import { h } from './dom.js';
import { letter, percent, quantity, scale_for, short, shortened } from './format.js';
import { at, scaled, table } from './table.js';

const number = true;
const kinds = [
  ['ttft_s', 'Time to first token'],
  ['tpot_s', 'Time per output token'],
  ['e2e_s', 'Time end to end'],
  ['queue_s', 'Time in the queue'],
];
const dashes = ['solid', [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]];
/** An objective so many times as far away as the slowest request is not drawn: all others would be a line. */
const far = 3;
const sides = 84;
/** Medians of several results that are so many times apart have a logarithmic axis. */
const apart = 10;

/** The share of requests that take at most `value`, by the curve. */
export function share_at(curve, shares, value) {
  if (value < curve[0]) return 0;
  let last = 0;
  for (let i = 1; i < curve.length; i += 1) {
    if (curve[i] > value) {
      const part = (value - curve[i - 1]) / (curve[i] - curve[i - 1]);
      return shares[i - 1] + part * (shares[i] - shares[i - 1]);
    }
    last = i;
  }
  return shares[last];
}

/** Series names that tell results apart. */
function names(results) {
  return results.map(({ label }, index) =>
    results.length === 1 ? 'requests' : `${letter(index)}  ${shortened(label, 30)}`,
  );
}

function curve_option(context, spec) {
  const { colours } = context;
  const { lines, scale, objective, furthest, title } = spec;
  const many = lines.length > 1;
  // To the right of a point there is no curve below it: labels stand there, and the axis leaves them room.
  const room = (pixels) => 1 - Math.min(0.6, pixels / Math.max(1, context.width - sides));
  const p99 = many ? 0 : lines[0].curve[lines[0].shares.indexOf(0.99)];
  // On a logarithmic axis nothing has a label.
  const end = furthest > 0 ? Math.max(1.04 * furthest, p99 / room(100)) : 1;
  const top = many
    ? legend(
        lines.map(({ name }) => name),
        context,
      )
    : null;
  const to = (value) => Math.max(value, spec.floor) / scale.factor;
  const marks = many
    ? []
    : [0.5, 0.99].map((part) => {
        const value = lines[0].curve[lines[0].shares.indexOf(part)];
        return {
          value: [to(value), 100 * part],
          label: {
            formatter: `p${100 * part}  ${quantity(value, 's', 3)}`,
            position: 'right',
            offset: [2, part > 0.9 ? 12 : 3],
          },
        };
      });
  const label_style = {
    show: true,
    color: colours.text,
    fontSize: 12.5,
    backgroundColor: colours.page,
    padding: [1, 3],
    borderRadius: 3,
  };
  const shown = objective !== null;
  return {
    legend: top ? top.option : { show: false },
    grid: { left: 62, right: sides - 62, top: (top ? top.height : 8) + 4, height: 220, outerBoundsMode: 'none' },
    xAxis: axis(context, {
      type: spec.floor > 0 ? 'log' : 'value',
      min: to(0),
      max: to(end),
      name: `${title.toLowerCase()} in ${scale.unit}`,
      nameLocation: 'middle',
      nameGap: 28,
      splitNumber: context.narrow ? 3 : 5,
      axisLabel: { showMinLabel: spec.floor === 0, showMaxLabel: false, formatter: (value) => short(value) },
    }),
    yAxis: axis(context, {
      type: 'value',
      min: 0,
      max: 100,
      interval: 25,
      name: 'share of requests in %',
      nameLocation: 'middle',
      nameGap: 40,
    }),
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'line' },
      formatter: (points) => {
        const value = points[0].axisValue * scale.factor;
        return tip(`at most ${quantity(value, 's')}`, [
          ...lines.map(({ name, curve, shares }) => [
            many ? name : 'share of requests',
            percent(share_at(curve, shares, value)),
          ]),
        ]);
      },
    },
    series: [
      ...lines.map(({ name, curve, shares, style }) => ({
        type: 'line',
        name,
        showSymbol: false,
        symbol: 'circle',
        // From the first request on: before it there are none.
        data: [[to(curve[0]), 0], ...curve.map((value, index) => [to(value), 100 * shares[index]]), [to(end), 100]],
        lineStyle: {
          color: colours.hues[style % colours.hues.length],
          type: dashes[style % dashes.length],
          width: 1.9,
        },
        itemStyle: { color: colours.hues[style % colours.hues.length] },
      })),
      ...(shown
        ? [
            {
              type: 'line',
              name: 'objective',
              silent: true,
              showSymbol: false,
              symbol: 'none',
              data: [
                [to(objective), 0],
                [to(objective), 100],
              ],
              tooltip: { show: false },
              lineStyle: { color: colours.hues[4], type: [5, 4], width: 1.6 },
              itemStyle: { color: colours.hues[4] },
            },
          ]
        : []),
      {
        type: 'scatter',
        silent: true,
        symbolSize: 7,
        itemStyle: { color: colours.text },
        tooltip: { show: false },
        z: 5,
        data: [
          ...marks.map((mark) => ({ ...mark, label: { ...label_style, ...mark.label } })),
          ...(shown
            ? [
                {
                  value: [to(objective), 12],
                  symbolSize: 0.01,
                  label: {
                    ...label_style,
                    color: colours.hues[4],
                    formatter: `objective  ${quantity(objective, 's', 3)}`,
                    position: objective > room(135) * end ? 'left' : 'right',
                    offset: [0, 0],
                  },
                },
              ]
            : []),
        ],
      },
    ],
  };
}

/** Where a logarithmic axis begins; 0 where one that begins at 0 shows all: medians are not that far apart. */
function log_floor(lines) {
  const medians = lines.map(({ curve, shares }) => curve[shares.indexOf(0.5)]);
  if (lines.length < 2 || Math.max(...medians) < apart * Math.min(...medians)) return 0;
  const least = Math.min(...lines.flatMap(({ curve }) => curve.filter((value) => value > 0)));
  return 10 ** Math.floor(Math.log10(least) + 1e-9);
}

function curve_chart(results, key, title, level) {
  const named = names(results);
  const lines = results
    .map(({ result }, index) => ({
      result,
      index,
      name: named[index],
      style: results.length === 1 ? 0 : index,
      shares: result.serving.curves?.shares ?? [],
      curve: result.serving.curves?.[key] ?? [],
    }))
    .filter(({ curve }) => curve.length > 0);
  if (lines.length === 0) return null;
  const largest = Math.max(...lines.map(({ curve }) => curve[curve.length - 1]));
  const given = lines.map(({ result }) => result.serving.goodput?.slo[key] ?? null);
  // That of several results is drawn where they have the same.
  const objective = given.every((one) => one === given[0]) ? given[0] : null;
  const near = objective !== null && objective <= far * largest;
  const furthest = Math.max(largest, near ? objective : 0);
  const scale = scale_for([furthest], 's');
  const note =
    results.length === 1 && objective !== null
      ? `${percent(lines[0].result.serving.goodput.each?.[key] ?? share_at(lines[0].curve, lines[0].shares, objective))} within the objective of ${quantity(objective, 's')}.`
      : null;
  const columns = [
    { label: 'share', unit: '%', number },
    ...lines.map(({ name }) => ({ label: lines.length === 1 ? title : name, unit: scale.unit, number })),
  ];
  const rows = () =>
    lines[0].shares.map((part, place) => [
      short(100 * part),
      ...lines.map(({ result, index }) => ({
        ...scaled(at(result, ['serving', 'curves', key, place]), scale),
        measure: results.length > 1 ? `of:${index}` : undefined,
      })),
    ]);
  return figure({
    level,
    title,
    kind: 'Line chart',
    note,
    height: (context) =>
      (lines.length > 1
        ? legend(
            lines.map(({ name }) => name),
            context,
          ).height
        : 8) +
      4 +
      220 +
      48,
    option: (context) =>
      curve_option(context, {
        lines,
        scale,
        objective: near ? objective : null,
        furthest,
        title,
        floor: log_floor(lines),
      }),
    big: true,
    table: () => table(`${title}: what so large a share of the completed requests takes at most`, columns, rows()),
  }).element;
}

/** `results`: [{label, result}] */
export function curve_charts(results, level) {
  const charts = kinds.map(([key, title]) => curve_chart(results, key, title, level)).filter(Boolean);
  return charts.length > 0 ? [h('div', { class: 'charts' }, charts)] : [];
}
