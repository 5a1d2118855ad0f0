// Several results side by side.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { h, heading } from './dom.js';
import { letter, nothing, quantity, ratio, rounded, scale_for, shortened } from './format.js';
import { roofline_chart } from './roofline.js';
import { energy_parts, machine_text, phases } from './summary.js';
import { at, scaled, table } from './table.js';
import { hue, phase_style } from './theme.js';

const number = true;
const measures = [
  ['Time', ['time_s'], 's'],
  ['prefill', ['phases', 'prefill', 'time_s'], 's'],
  ['decode', ['phases', 'decode', 'time_s'], 's'],
  ['Tokens/s', ['phases', 'decode', 'tokens_per_s'], ''],
  ['Energy', ['energy_J'], 'J'],
  ['prefill', ['phases', 'prefill', 'energy_J', 'total'], 'J'],
  ['decode', ['phases', 'decode', 'energy_J', 'total'], 'J'],
  ['per token', ['phases', 'decode', 'energy_per_token_J'], 'J'],
  ['Power', ['power_W'], 'W'],
  ['prefill', ['phases', 'prefill', 'power_W'], 'W'],
  ['decode', ['phases', 'decode', 'power_W'], 'W'],
  ['Peak power', ['peak_power_W'], 'W'],
  ['prefill', ['phases', 'prefill', 'peak_power_W'], 'W'],
  ['decode', ['phases', 'decode', 'peak_power_W'], 'W'],
];

function key_list(results) {
  const rows = results.map(({ label, result }, index) => [
    letter(index),
    label,
    result.model,
    result.dtype,
    String(result.batch),
    result.cost_model,
    result.schedule,
    shortened(machine_text(result), 120),
  ]);
  return table(
    'What is compared',
    ['', 'result', 'model', 'data type', 'batch', 'cost model', 'schedule', 'machine'].map((label) => ({ label })),
    rows,
    { class: 'texts' },
  );
}

function comparison_table(results) {
  const columns = [{ label: '' }, { label: 'unit' }];
  results.forEach((_, index) => {
    columns.push({ label: letter(index), number });
    if (index > 0) columns.push({ label: `${letter(index)} / A`, number });
  });
  const rows = measures.flatMap(([label, path, unit], row) => {
    const numbers = results.map(({ result }) => at(result, path));
    // Results of earlier programs have no peak power.
    if (numbers.every(({ value }) => value === null)) return [];
    const scale =
      unit === ''
        ? { factor: 1, unit: '' }
        : scale_for(
            numbers.map(({ value }) => value),
            unit,
          );
    const cells = numbers.flatMap((one, index) => {
      const cell = { ...scaled(one, scale), measure: `of:${index}` };
      if (index === 0) return [cell];
      const times = ratio(one.value, numbers[0].value);
      return [
        cell,
        {
          text: times === null ? nothing : `× ${rounded(times, 4)}`,
          value: times,
          number: true,
          measure: `ratio:${index}:${row}`,
        },
      ];
    });
    return { indent: /^[a-z]/.test(label), cells: [label, scale.unit, ...cells] };
  });
  return table('Numbers, and ratios to A', columns, rows, { class: 'comparison' });
}

/** series: [{label, path, style}], each a number of every result. */
function grouped(results, spec, series, unit) {
  const values = series.map(({ path }) => results.map(({ result }) => at(result, path).value ?? 0));
  const stacked = spec.stacked ?? false;
  const sums = results.map((_, index) =>
    values.reduce((sum, list) => (stacked ? sum + list[index] : Math.max(sum, list[index])), 0),
  );
  const scale = unit === 'tokens/s' ? { factor: 1, unit } : scale_for(sums, unit);
  const name = (index) => `${letter(index)}  ${results[index].label}`;
  const text = (value) => (unit === 'tokens/s' ? `${rounded(value)} tokens/s` : quantity(value, unit));
  const chart = bars({
    categories: results.map((_, index) => name(index)),
    unit,
    scale,
    axis_name: `${spec.axis} in ${scale.unit}`,
    row: stacked || series.length === 1 ? 34 : 16 * series.length + 14,
    most: 24,
    series: series.map(({ label, style }, index) => ({
      name: label,
      values: values[index],
      style,
      stack: stacked ? 'all' : undefined,
    })),
    details: (row) => series.map(({ label }, index) => [label, text(values[index][row])]),
  });
  const columns = [{ label: 'result' }, ...series.map(({ label }) => ({ label, unit: scale.unit, number }))];
  const rows = results.map(({ result }, index) => [
    name(index),
    ...series.map(({ path }) => ({ ...scaled(at(result, path), scale), measure: `of:${index}` })),
  ]);
  return figure({
    level: 3,
    title: spec.title,
    kind: 'Bar chart',
    ...chart,
    table: () => table(spec.title, columns, rows),
  }).element;
}

function by_phase(results, spec, path, unit) {
  return grouped(
    results,
    spec,
    phases.map((phase) => ({
      label: phase,
      path: ['phases', phase, ...path],
      style: (colours) => phase_style(phase, colours),
    })),
    unit,
  );
}

function energy_by_part(results) {
  const parts = energy_parts.flatMap(([key, label], part) => phases.map((phase) => ({ key, label, phase, part })));
  const used = energy_parts.filter(([key]) =>
    results.some(({ result }) =>
      parts.some((one) => one.key === key && at(result, ['phases', one.phase, 'energy_J', key]).value > 0),
    ),
  );
  const shown = used.length > 0 ? used : energy_parts.slice(4, 5);
  const summed = results.map(({ label, result }) => ({
    label,
    result: {
      parts: Object.fromEntries(
        shown.map(([key]) => [key, phases.reduce((sum, phase) => sum + (result.phases[phase].energy_J[key] ?? 0), 0)]),
      ),
    },
  }));
  return grouped(
    summed,
    { title: 'Energy by part', axis: 'energy', stacked: true },
    shown.map(([key, label]) => ({
      label,
      path: ['parts', key],
      style: (colours) =>
        hue(
          energy_parts.findIndex(([one]) => one === key),
          colours,
        ),
    })),
    'J',
  );
}

export function comparison_section(results) {
  return h(
    'section',
    { class: 'compare', id: 'comparison' },
    heading(2, 'Side by side'),
    key_list(results),
    comparison_table(results),
    h(
      'div',
      { class: 'charts' },
      by_phase(results, { title: 'Time', axis: 'time', stacked: true }, ['time_s'], 's'),
      energy_by_part(results),
      grouped(
        results,
        { title: 'Decode rate', axis: 'rate' },
        [
          {
            label: 'tokens/s',
            path: ['phases', 'decode', 'tokens_per_s'],
            style: (colours) => hue(0, colours),
          },
        ],
        'tokens/s',
      ),
      by_phase(results, { title: 'Power', axis: 'power' }, ['power_W'], 'W'),
    ),
    roofline_chart(results, 3),
  );
}
