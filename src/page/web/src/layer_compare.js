// The layers of several results side by side.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { letter, nothing, quantity, ratio, rounded, scale_for } from './format.js';
import { layers } from './layers.js';
import { phases } from './summary.js';
import { at, scaled, table } from './table.js';
import { hue } from './theme.js';

const number = true;
const most = 12; // in the chart; the table has all

/** [{label, times: by result, null where it has no such layer}], what takes longest of all results first. */
function common_layers(results) {
  const found = new Map();
  results.forEach(({ result }, which) => {
    for (const { key, label, time_s } of layers(result)) {
      const row = found.get(key) ?? { label, times: results.map(() => null) };
      row.times[which] = time_s;
      found.set(key, row);
    }
  });
  const rows = [...found.values()];
  const names = new Set();
  for (const [key, row] of found) {
    const [, type] = JSON.parse(key);
    if (names.has(row.label)) row.label = `${row.label} · ${type}`;
    names.add(row.label);
  }
  return rows.sort((one, two) => Math.max(...two.times) - Math.max(...one.times));
}

function total(rows, which) {
  return rows.reduce((sum, { times }) => sum + (times[which] ?? 0), 0);
}

/** A number of each result, and those after the first over the first. */
function cells(times, scale, measure) {
  return times.flatMap((value, which) => {
    const cell = { ...scaled({ value }, scale), measure: measure ? `${measure}:${which}` : undefined };
    if (which === 0) return [cell];
    const times_first = value === null ? null : ratio(value, times[0]);
    return [
      cell,
      { text: times_first === null ? nothing : `× ${rounded(times_first, 4)}`, value: times_first, number: true },
    ];
  });
}

/** Null where no result has layers. */
export function layer_comparison(results, level) {
  const all = common_layers(results);
  if (all.length === 0) return null;
  const shown = all.slice(0, all.length > most + 1 ? most : all.length);
  const rest = all.slice(shown.length);
  const rows = [...shown];
  if (rest.length > 0) {
    rows.push({ label: `${rest.length} others`, times: results.map((_, which) => total(rest, which)) });
  }
  const scale = scale_for(
    rows.flatMap(({ times }) => times),
    's',
  );
  const names = results.map(({ label }, which) => `${letter(which)}  ${label}`);
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit: 's',
    scale,
    axis_name: `time in ${scale.unit}`,
    row: Math.max(27, 12 * results.length + 10),
    series: names.map((name, which) => ({
      name,
      values: rows.map(({ times }) => times[which] ?? 0),
      style: (colours) => hue(which, colours),
    })),
    details: (row) =>
      rows[row].times.map((value, which) => {
        const times_first = which > 0 && value !== null ? ratio(value, rows[row].times[0]) : null;
        const text = value === null ? 'no such layer' : quantity(value, 's');
        return [letter(which), times_first === null ? text : `${text}, × ${rounded(times_first, 3)}`];
      }),
  });
  const columns = [
    { label: 'layer or function' },
    ...results.flatMap((_, which) => [
      { label: letter(which), unit: scale.unit, number },
      ...(which > 0 ? [{ label: `${letter(which)} / A`, number }] : []),
    ]),
  ];
  const sums = results.map((_, which) => total(all, which));
  const phase_sums = phases.map((phase) => ({
    phase,
    times: results.map(({ result }) =>
      (result.event_classes ?? []).filter((one) => one.phase === phase).reduce((sum, one) => sum + one.time_s, 0),
    ),
  }));
  const lines = [
    ...all.map(({ label, times }) => [label, ...cells(times, scale, 'layer')]),
    ['all together', ...cells(sums, scale, 'layers')],
    ...phase_sums.map(({ phase, times }) => ({ indent: true, cells: [`in ${phase}`, ...cells(times, scale)] })),
    [
      'time that has passed',
      ...cells(
        results.map(({ result }) => at(result, ['time_s']).value),
        scale,
      ),
    ],
  ];
  return figure({
    level,
    title: 'Time by layer, side by side',
    kind: 'Bar chart',
    ...chart,
    note:
      'All calls of layers and functions of one name, and communication by what it is, over prefill and decode' +
      (rest.length > 0 ? `; the ${shown.length} that take longest, the others together.` : '.') +
      ' What runs at the same time may add up to more than has passed.',
    table: () => table('Time by layer, and ratios to A', columns, lines, { class: 'layers' }),
  }).element;
}
