// Several results of fixed runs side by side.
import { data_type, output_tokens, prompt_tokens } from './about.js';
import { bound_by, gain, gain_name, gain_text } from './bounds.js';
import { cost_measures } from './cost.js';
import { h } from './dom.js';
import { letter, nothing } from './format.js';
import { layer_comparison } from './layer_compare.js';
import { roofline_chart } from './roofline.js';
import { result_bars, side_by_side } from './side_by_side.js';
import { energies_per_token, energy_parts, phases, tpot, ttft } from './summary.js';
import { at, table } from './table.js';
import { hue, phase_style } from './theme.js';

const facts = [
  ['model', ({ model }) => model],
  ['data type', data_type],
  ['batch', ({ batch }) => String(batch)],
  ['prompt tokens', prompt_tokens],
  ['output tokens', output_tokens],
  ['cost model', ({ cost_model }) => cost_model],
  ['schedule', ({ schedule }) => schedule],
  ['all devices ideal', ({ all_devices_ideal: ideal }) => (ideal === undefined ? nothing : ideal ? 'yes' : 'no')],
];
const measures = [
  ['Time', ['time_s'], 's'],
  ['prefill', ['phases', 'prefill', 'time_s'], 's'],
  ['decode', ['phases', 'decode', 'time_s'], 's'],
  ttft,
  tpot,
  ['Tokens/s', ['phases', 'decode', 'tokens_per_s'], ''],
  ['Energy', ['energy_J'], 'J'],
  ['prefill', ['phases', 'prefill', 'energy_J', 'total'], 'J'],
  ['decode', ['phases', 'decode', 'energy_J', 'total'], 'J'],
  ...energies_per_token,
  ['Power', ['power_W'], 'W'],
  ['prefill', ['phases', 'prefill', 'power_W'], 'W'],
  ['decode', ['phases', 'decode', 'power_W'], 'W'],
  ['Peak power', ['peak_power_W'], 'W'],
  ['prefill', ['phases', 'prefill', 'peak_power_W'], 'W'],
  ['decode', ['phases', 'decode', 'peak_power_W'], 'W'],
  ...cost_measures,
];

function by_phase(results, spec, key) {
  return result_bars(
    results,
    spec,
    phases.map((phase) => ({
      label: phase,
      path: ['phases', phase, key],
      style: (colours) => phase_style(phase, colours),
    })),
  );
}

/** null where it is not stated. */
function sum_of_phases(result, key) {
  const values = phases.map((phase) => result.phases[phase].energy_J[key]);
  return values.includes(null) ? null : values.reduce((sum, value) => sum + (value ?? 0), 0);
}

function energy_by_part(results) {
  const used = energy_parts.filter(([key]) =>
    results.some(({ result }) => phases.some((phase) => at(result, ['phases', phase, 'energy_J', key]).value > 0)),
  );
  const shown = used.length > 0 ? used : energy_parts.slice(4, 5);
  const summed = results.map(({ label, result }) => ({
    label,
    result: {
      parts: Object.fromEntries(
        shown.map(([key]) => [key, sum_of_phases(result, key)]),
      ),
    },
  }));
  return result_bars(
    summed,
    { title: 'Energy by part', axis: 'energy', unit: 'J', stacked: true },
    shown.map(([key, label]) => ({
      label,
      path: ['parts', key],
      style: (colours) =>
        hue(
          energy_parts.findIndex(([one]) => one === key),
          colours,
        ),
    })),
  );
}

/** What each is bound by, and what faster parts would gain; null where nobody asked. */
function bounds_table(results) {
  const asked = results.map(({ result }) => result.what_if ?? []);
  const names = [...new Set(asked.flat().map(gain_name))];
  if (names.length === 0) return null;
  const number = true;
  const bounds = phases.map((phase) => [
    `Bound by, ${phase}`,
    '',
    ...results.map(({ result }) => ({ text: bound_by(result, phase) || nothing, measure: `bound:${phase}`, number })),
  ]);
  const gains = names.flatMap((name) =>
    [null, ...phases].map((phase) => ({
      indent: phase !== null,
      cells: [
        phase ?? name[0].toUpperCase() + name.slice(1),
        '%',
        ...results.map(({ result }, index) => {
          const one = asked[index].find((answer) => gain_name(answer) === name);
          const value = one ? gain(result, one, phase) : null;
          return { text: gain_text(value, nothing), value, measure: `gain:${phase ?? ''}`, number };
        }),
      ],
    })),
  );
  const columns = [{ label: '' }, { label: 'unit' }, ...results.map((_, index) => ({ label: letter(index), number }))];
  return table('What bounds each, and what faster parts would gain', columns, [...bounds, ...gains], {
    class: 'bounds',
  });
}

export function comparison_section(results) {
  return side_by_side(
    results,
    { facts, measures },
    bounds_table(results),
    h(
      'div',
      { class: 'charts' },
      by_phase(results, { title: 'Time', axis: 'time', unit: 's', stacked: true }, 'time_s'),
      energy_by_part(results),
      result_bars(results, { title: 'Decode rate', axis: 'rate', unit: 'tokens/s' }, [
        { label: 'tokens/s', path: ['phases', 'decode', 'tokens_per_s'], style: (colours) => hue(0, colours) },
      ]),
      by_phase(results, { title: 'Power', axis: 'power', unit: 'W' }, 'power_W'),
    ),
    layer_comparison(results, 3),
    roofline_chart(results, 3),
  );
}
