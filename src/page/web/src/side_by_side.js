// Several results side by side, whatever they are of.
import { machine_text } from './about.js';
import { bars } from './bars.js';
import { figure } from './chart.js';
import { h, heading } from './dom.js';
import { letter, nothing, percent, quantity, ratio, rounded, scale_for, shortened } from './format.js';
import { at, scaled, table } from './table.js';

const number = true;
const unprefixed = ['', 'tokens/s', 'USD', 'kWh', 'g CO₂'];

function scale_of(values, unit) {
  if (unit === '%') return { factor: 0.01, unit };
  return unprefixed.includes(unit) ? { factor: 1, unit } : scale_for(values, unit);
}

function text_of(value, unit) {
  if (unit === '%') return percent(value);
  return unprefixed.includes(unit) ? `${rounded(value)} ${unit}`.trimEnd() : quantity(value, unit);
}

/** facts: [[label, text of a result]], what they were run with. */
function key_list(results, facts) {
  const columns = ['', 'result', 'scenario', 'machine', ...facts.map(([label]) => label)];
  const rows = results.map(({ label, result }, index) => [
    letter(index),
    label,
    result.scenario || nothing,
    shortened(machine_text(result), 120),
    ...facts.map(([, text]) => text(result)),
  ]);
  return table(
    'What is compared',
    columns.map((label) => ({ label })),
    rows,
    { class: 'texts' },
  );
}

/** measures: [[label, path, unit]]; a label in small letters is of what stands above it. */
function comparison_table(results, measures) {
  const columns = [{ label: '' }, { label: 'unit' }];
  results.forEach((_, index) => {
    columns.push({ label: letter(index), number });
    if (index > 0) columns.push({ label: `${letter(index)} / A`, number });
  });
  const rows = measures.flatMap(([label, path, unit], row) => {
    const numbers = results.map(({ result }) => at(result, path));
    // What no result has is left out: those of earlier programs say less.
    if (numbers.every(({ value }) => value === null)) return [];
    const scale = scale_of(
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

/**
 * A bar of each result for each of the series [{label, path, style}], which are numbers at a path. spec: title, axis,
 * unit ("%" for shares), stacked. Null where no result has a number.
 */
export function result_bars(results, { title, axis, unit, stacked = false }, series) {
  const numbers = series.map(({ path }) => results.map(({ result }) => at(result, path)));
  if (numbers.flat().every(({ value }) => value === null)) return null;
  const values = numbers.map((list) => list.map(({ value }) => value ?? 0));
  const ends = results.map((_, index) =>
    values.reduce((end, list) => (stacked ? end + list[index] : Math.max(end, list[index])), 0),
  );
  const scale = scale_of(ends, unit);
  const names = results.map(({ label }, index) => `${letter(index)}  ${label}`);
  const chart = bars({
    categories: names,
    unit,
    scale,
    max: unit === '%' ? 100 : undefined,
    axis_name: scale.unit ? `${axis} in ${scale.unit}` : axis,
    row: stacked || series.length === 1 ? 34 : 16 * series.length + 14,
    most: 24,
    series: series.map(({ label, style }, index) => ({
      name: label,
      values: values[index],
      style,
      stack: stacked ? 'all' : undefined,
    })),
    details: (row) => series.map(({ label }, index) => [label, text_of(numbers[index][row].value, unit)]),
  });
  const columns = [{ label: 'result' }, ...series.map(({ label }) => ({ label, unit: scale.unit, number }))];
  const rows = names.map((name, row) => [
    name,
    ...numbers.map((list) => ({ ...scaled(list[row], scale), measure: `of:${row}` })),
  ]);
  return figure({ level: 3, title, kind: 'Bar chart', ...chart, table: () => table(title, columns, rows) }).element;
}

/** The section of a comparison: facts and measures as above, then whatever else is shown. */
export function side_by_side(results, { facts, measures }, ...more) {
  return h(
    'section',
    { class: 'compare', id: 'comparison' },
    heading(2, 'Side by side'),
    key_list(results, facts),
    comparison_table(results, measures),
    ...more,
  );
}
