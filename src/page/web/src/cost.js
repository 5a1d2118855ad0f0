// What a run costs, where its scenario asks.
import { h, heading } from './dom.js';
import { short } from './format.js';
import { at, scaled, table } from './table.js';

const units = [
  ['million_tokens', 'Per million tokens', false],
  ['million_prompt_tokens', 'of prompts', true],
  ['million_output_tokens', 'of outputs', true],
  ['request', 'Per request', false],
  ['query_per_second', 'Over the years, per request/s', false],
];
const parts = [
  ['usd', 'total', 'USD'],
  ['capital_usd', 'capital', 'USD'],
  ['energy_usd', 'energy', 'USD'],
  ['operation_usd', 'operation', 'USD'],
  ['rent_usd', 'rent', 'USD'],
  ['kWh', 'energy', 'kWh'],
  ['g_CO2', 'carbon', 'g CO₂'],
  ['energy_g_CO2', 'of energy', 'g CO₂'],
  ['embodied_g_CO2', 'embodied', 'g CO₂'],
];
/** Of which ranges are shown. */
const totals = [
  ['usd', 'USD'],
  ['kWh', 'kWh'],
  ['g_CO2', 'g CO₂'],
];
const plain = { factor: 1 };
const digits = 4;

function range_text({ low, mid, high }) {
  return low < high ? `${short(mid)} (${short(low)} to ${short(high)})` : short(mid);
}

function value_at(result, path) {
  return path.reduce((value, name) => value[name], result);
}

function cost_table(result, path, caption) {
  const per = value_at(result, path);
  const shown_parts = parts.filter(([part]) => units.some(([unit]) => per[unit][part] !== null));
  const shown_units = units.filter(([unit]) => parts.some(([part]) => per[unit][part] !== null));
  return table(
    caption,
    [{ label: '' }, ...shown_parts.map(([, label, unit]) => ({ label, unit, number: true }))],
    shown_units.map(([unit, label, indent]) => ({
      indent,
      cells: [
        label,
        ...shown_parts.map(([part]) => scaled(at(result, [...path, unit, part, 'mid']), plain, digits)),
      ],
    })),
    { class: 'costs' },
  );
}

/** The totals that are known within bounds only. */
function range_table(result, path, caption) {
  const per = value_at(result, path);
  const rows = totals.flatMap(([part, name]) =>
    units
      .filter(([unit]) => per[unit][part] !== null && per[unit][part].low < per[unit][part].high)
      .map(([unit, label, indent]) => ({
        indent,
        cells: [
          label,
          name,
          ...['low', 'mid', 'high'].map((end) => scaled(at(result, [...path, unit, part, end]), plain, digits)),
        ],
      })),
  );
  if (rows.length === 0) return null;
  const bounds = ['least', 'middle', 'most'].map((label) => ({ label, number: true }));
  return table(caption, [{ label: '' }, { label: 'unit' }, ...bounds], rows);
}

function load_tables(result, path, load) {
  return [cost_table(result, path, `Cost ${load}`), range_table(result, path, `By the ranges of the inputs, ${load}`)];
}

/** What the cost of a million tokens depends on, the most first. */
function dependence_table(result) {
  const index = result.cost.dependence.findIndex(({ unit, part }) => unit === 'million_tokens' && part === 'usd');
  if (index < 0) return null;
  const cell = (row, name) => scaled(at(result, ['cost', 'dependence', index, 'inputs', row, name]), plain, digits);
  return table(
    'What a million tokens costs depends on',
    [
      { label: 'input' },
      { label: 'from', number: true },
      { label: 'to', number: true },
      { label: 'cost at the first', unit: 'USD', number: true },
      { label: 'at the second', unit: 'USD', number: true },
    ],
    result.cost.dependence[index].inputs.map(({ input, stated }, row) => [
      stated ? input : `${input} (20 % to either side)`,
      ...['low', 'high', 'at_low', 'at_high'].map((name) => cell(row, name)),
    ]),
  );
}

function conditions({ machine_usd, years, utilisation, pue, power_W, idle_W }) {
  return [
    machine_usd ? `machine ${range_text(machine_usd)} USD` : null,
    years ? `${range_text(years)} years` : null,
    `busy ${range_text({ low: 100 * utilisation.low, mid: 100 * utilisation.mid, high: 100 * utilisation.high })} % of the time`,
    `PUE ${range_text(pue)}`,
    power_W === null
      ? `power while busy not stated, ${range_text(idle_W)} W idle`
      : `${short(power_W)} W busy and ${range_text(idle_W)} W idle`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Of several results: [label, path, unit]. */
export const cost_measures = [
  ['Cost of a million tokens', ['per', 'million_tokens', 'usd', 'mid'], 'USD'],
  ['at the goodput', ['goodput', 'per', 'million_tokens', 'usd', 'mid'], 'USD'],
  ['of a request', ['per', 'request', 'usd', 'mid'], 'USD'],
  ['over the years, per request/s', ['per', 'query_per_second', 'usd', 'mid'], 'USD'],
  ['Energy of a million tokens', ['per', 'million_tokens', 'kWh', 'mid'], 'kWh'],
  ['Carbon of a million tokens', ['per', 'million_tokens', 'g_CO2', 'mid'], 'g CO₂'],
].map(([label, path, unit]) => [label, ['cost', ...path], unit]);

/** null where nobody asked. */
export function cost_section(result, level) {
  const { cost } = result;
  if (!cost) return null;
  return h(
    'section',
    null,
    heading(level, 'Cost'),
    h('p', null, `At ${short(cost.requests_per_s)} requests/s: ${conditions(cost)}.`),
    load_tables(result, ['cost', 'per'], 'at the throughput simulated'),
    cost.goodput?.per
      ? load_tables(result, ['cost', 'goodput', 'per'], `at the goodput, ${short(cost.goodput.requests_per_s)} requests/s`)
      : null,
    dependence_table(result),
    cost.missing.length > 0
      ? h(
          'ul',
          null,
          cost.missing.map((line) => h('li', null, line)),
        )
      : null,
  );
}
