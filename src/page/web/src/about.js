// What a result is of: what was run, on what machine.
import { h } from './dom.js';
import { folded } from './fold.js';
import { is_number, nothing, shortened } from './format.js';

/** "24 × dimm (PIM_AI_DIMM)": what the run's machine is made of. */
export function machine_text(result) {
  const devices = Object.entries(result.devices ?? {}).map(([name, device]) => ({
    name,
    key: device.architecture ?? '',
  }));
  return folded(devices)
    .map(({ name, items }) => {
      const { key } = items[0];
      return key && key !== items[0].name ? `${name} (${key})` : name;
    })
    .join(', ');
}

/** list: [[name, text]] */
export function fact_list(list) {
  return h(
    'dl',
    { class: 'facts' },
    list.map(([name, text]) => h('div', null, h('dt', null, name), h('dd', null, text))),
  );
}

/** Of devices that do not state their energies; an empty list where all do. */
export function energy_gap(result) {
  const gaps = result.energy_not_stated ?? [];
  if (gaps.length === 0) return [];
  const devices = gaps.map(({ architecture, missing }) => `${architecture} has no ${missing.join(', ')}`);
  return [
    [
      'Energy',
      `not stated: ${devices.join('; ')}; nor are power, energy per token, and what energy costs and emits`,
    ],
  ];
}

/** Results of earlier programs have no weight_dtype. */
export function data_type({ dtype, weight_dtype = dtype }) {
  return weight_dtype === dtype ? dtype : `${dtype}, weights ${weight_dtype}`;
}

/** "64", or of rows that differ "512 × 3, 64"; a dash for a trace, and in results of earlier programs. */
export function prompt_tokens({ run }) {
  const given = run?.prompt_tokens;
  if (is_number(given)) return String(given);
  if (!Array.isArray(given) || given.length === 0) return nothing;
  const rows = [];
  for (const tokens of given) {
    const last = rows[rows.length - 1];
    if (last?.tokens === tokens) last.count += 1;
    else rows.push({ tokens, count: 1 });
  }
  return shortened(rows.map(({ tokens, count }) => (count > 1 ? `${tokens} × ${count}` : `${tokens}`)).join(', '), 80);
}

export function output_tokens({ run }) {
  return is_number(run?.output_tokens) ? String(run.output_tokens) : nothing;
}

/** [['Scenario', …]] where the page does not call the result by it. */
export function scenario_fact({ label, result }) {
  return result.scenario && result.scenario !== label ? [['Scenario', result.scenario]] : [];
}

function unknown_fact({ unknown_operators: unknown }) {
  if (!unknown) return [];
  const handled = unknown.handling === 'skip' ? 'left out' : 'their tensors pass through memory once';
  const events = `${unknown.events} ${unknown.events === 1 ? 'event' : 'events'}`;
  return [['Without a rule', `${events} of ${shortened(unknown.types.join(', '), 120)}; ${handled}`]];
}

/** A line where it holds, else null. */
export function ideal_line({ all_devices_ideal }) {
  return all_devices_ideal === true
    ? h('p', { class: 'note' }, 'All devices are ideal: they reach their peaks; see docs/accuracy.md.')
    : null;
}

/** What does not fit there runs like what does. Null where all capacities are known. */
function capacity_line({ devices }) {
  const unknown = Object.entries(devices ?? {}).filter(
    ([, { memory_bytes: memory }]) => memory?.total > 0 && !is_number(memory.capacity),
  );
  if (unknown.length === 0) return null;
  const names = [...new Set(unknown.map(([name, { architecture }]) => architecture || name))];
  return h(
    'p',
    { class: 'note' },
    `No capacity_GB is known of ${shortened(names.join(', '), 120)}: whether this fits was not checked.`,
  );
}

/** Of a fixed run that the page calls `label`: [element, …]. */
export function facts({ label, result }) {
  const list = fact_list([
    ...scenario_fact({ label, result }),
    ['Model', result.model],
    ['Data type', data_type(result)],
    ['Batch', String(result.batch)],
    ['Prompt tokens', prompt_tokens(result)],
    ['Output tokens', output_tokens(result)],
    ['Cost model', result.cost_model],
    ['Schedule', result.schedule],
    ['Machine', machine_text(result)],
    ...unknown_fact(result),
    ...energy_gap(result),
  ]);
  return [list, ideal_line(result), capacity_line(result)];
}
