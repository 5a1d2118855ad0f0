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
const plain = { factor: 1 };
const digits = 4;

function range_text({ low, mid, high }) {
  return low < high ? `${short(mid)} (${short(low)} to ${short(high)})` : short(mid);
}

function cost_table(result, path, caption) {
  const per = path.reduce((value, name) => value[name], result);
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
function range_table(result, caption) {
  const rows = units
    .map(([unit, label, indent]) => ({ label, indent, range: result.cost.per[unit].usd, unit }))
    .filter(({ range }) => range !== null && range.low < range.high);
  if (rows.length === 0) return null;
  const bound = (unit, name) => scaled(at(result, ['cost', 'per', unit, 'usd', name]), plain, digits);
  return table(
    caption,
    ['', 'least', 'middle', 'most'].map((label, index) => ({ label, unit: index > 0 ? 'USD' : undefined, number: index > 0 })),
    rows.map(({ label, indent, unit }) => ({
      indent,
      cells: [label, ...['low', 'mid', 'high'].map((name) => bound(unit, name))],
    })),
  );
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
    `${short(power_W)} W busy and ${range_text(idle_W)} W idle`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** null where nobody asked. */
export function cost_section(result, level) {
  const { cost } = result;
  if (!cost) return null;
  return h(
    'section',
    null,
    heading(level, 'Cost'),
    h('p', null, `At ${short(cost.requests_per_s)} requests/s: ${conditions(cost)}.`),
    cost_table(result, ['cost', 'per'], 'Cost at the throughput simulated'),
    cost.goodput?.per ? cost_table(result, ['cost', 'goodput', 'per'], 'Cost at the goodput') : null,
    range_table(result, 'Total cost, by the ranges of the inputs'),
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
