// Several results of served requests side by side.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { curve_charts } from './curves.js';
import { h, heading } from './dom.js';
import { letter, nothing, percent, quantity, ratio, rounded, scale_for, shortened } from './format.js';
import { machine_text } from './summary.js';
import { at, scaled, table } from './table.js';
import { hue } from './theme.js';

const number = true;
const spread = (label, key) => [
  [`${label}, mean`, [key, 'mean'], 's'],
  ['p50', [key, 'p50'], 's'],
  ['p99', [key, 'p99'], 's'],
];
const measures = [
  ...spread('TTFT', 'ttft_s'),
  ...spread('TPOT', 'tpot_s'),
  ...spread('Between tokens', 'itl_s'),
  ...spread('End to end', 'e2e_s'),
  ...spread('Queued', 'queue_s'),
  ['First arrival to last token', ['makespan_s'], 's'],
  ['Requests/s', ['throughput', 'requests_per_s'], ''],
  ['Prompt tokens/s', ['throughput', 'prompt_tokens_per_s'], ''],
  ['Output tokens/s', ['throughput', 'output_tokens_per_s'], ''],
  ['Goodput, requests/s', ['goodput', 'requests_per_s'], ''],
  ['share of the completed', ['goodput', 'share'], ''],
  ['Requests in a step, mean', ['steps', 'mean_running'], ''],
  ['Preemptions', ['kv', 'preemptions'], ''],
  ['Energy', ['energy', 'total_J'], 'J'],
  ['drawn always (idle)', ['energy', 'idle_J'], 'J'],
  ['per request, with idle', ['energy', 'total_per_request_J'], 'J'],
  ['per output token, with idle', ['energy', 'total_per_output_token_J'], 'J'],
].map(([label, path, unit]) => [label, ['serving', ...path], unit]);
measures.push(['Power, mean', ['power_W'], 'W']);

function key_list(results) {
  const objective = ({ goodput }) =>
    [
      ['TTFT', 'ttft_s'],
      ['TPOT', 'tpot_s'],
      ['end to end', 'e2e_s'],
    ]
      .filter(([, key]) => (goodput?.slo[key] ?? null) !== null)
      .map(([label, key]) => `${label} ≤ ${quantity(goodput.slo[key], 's')}`)
      .join(', ') || nothing;
  const rows = results.map(({ label, result }, index) => [
    letter(index),
    label,
    result.model,
    result.serving.scheduler,
    String(result.serving.instances.length),
    String(result.serving.requests.submitted),
    objective(result.serving),
    result.serving.saturated ? 'yes' : 'no',
    shortened(machine_text(result), 120),
  ]);
  return table(
    'What is compared',
    ['', 'result', 'model', 'scheduler', 'instances', 'requests', 'objectives', 'overloaded', 'machine'].map(
      (label) => ({
        label,
      }),
    ),
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

/** A bar for each result. */
function compared_bars(results, title, path, unit, axis_name, style, text) {
  const numbers = results.map(({ result }) => at(result, ['serving', ...path]));
  if (numbers.every(({ value }) => value === null)) return null;
  const scale =
    unit === '%'
      ? { factor: 0.01, unit }
      : unit === ''
        ? { factor: 1, unit: '' }
        : scale_for(
            numbers.map(({ value }) => value),
            unit,
          );
  const names = results.map(({ label }, index) => `${letter(index)}  ${label}`);
  const chart = bars({
    categories: names,
    unit,
    scale,
    max: unit === '%' ? 100 : undefined,
    axis_name: scale.unit ? `${axis_name} in ${scale.unit}` : axis_name,
    row: 34,
    most: 24,
    series: [{ name: title, values: numbers.map(({ value }) => value ?? 0), style: (colours) => hue(style, colours) }],
    details: (row) => [[title, numbers[row].value === null ? nothing : text(numbers[row].value)]],
  });
  return figure({
    level: 3,
    title,
    kind: 'Bar chart',
    ...chart,
    table: () =>
      table(
        title,
        [{ label: 'result' }, { label: title, unit: scale.unit, number }],
        names.map((name, index) => [name, { ...scaled(numbers[index], scale), measure: `of:${index}` }]),
      ),
  }).element;
}

export function served_comparison(results) {
  return h(
    'section',
    { class: 'compare', id: 'comparison' },
    heading(2, 'Side by side'),
    key_list(results),
    comparison_table(results),
    curve_charts(results, 3),
    h(
      'div',
      { class: 'charts' },
      [
        compared_bars(
          results,
          'Output tokens/s',
          ['throughput', 'output_tokens_per_s'],
          '',
          'output tokens/s',
          5,
          (value) => rounded(value),
        ),
        compared_bars(
          results,
          'Requests within objectives',
          ['goodput', 'share'],
          '%',
          'share of the completed',
          2,
          percent,
        ),
        compared_bars(
          results,
          'Energy per output token',
          ['energy', 'total_per_output_token_J'],
          'J',
          'energy',
          0,
          (value) => quantity(value, 'J'),
        ),
        compared_bars(results, 'Energy per request', ['energy', 'total_per_request_J'], 'J', 'energy', 3, (value) =>
          quantity(value, 'J'),
        ),
      ].filter(Boolean),
    ),
  );
}
