// The numbers of a result at a glance.
import { bound_by, gain, gain_name, gain_text } from './bounds.js';
import { h, heading } from './dom.js';
import { is_number, nothing, quantity, ratio, scale_for, short } from './format.js';
import { at, count, scaled, share, table, without } from './table.js';

export const energy_parts = [
  ['host_to_device', 'host to device'],
  ['device_to_host', 'device to host'],
  ['device_to_device', 'between devices'],
  ['main_mem', 'memory'],
  ['compute', 'compute'],
  ['active', 'active'],
  ['idle', 'idle'],
];
/** The same where devices that serve are shown: what is used first, then what is moved. */
export const served_energy_parts = [
  energy_parts[4],
  energy_parts[3],
  ...energy_parts.slice(0, 3),
  ...energy_parts.slice(5),
];
export const busy_parts = [
  ['host_to_device', 'host to device'],
  ['device_to_host', 'device to host'],
  ['device_to_device', 'between devices'],
  ['compute', 'compute'],
  ['mem_transfer', 'memory'],
  ['kv_load', 'KV load'],
];
const directions = energy_parts.slice(0, 3);
export const phases = ['prefill', 'decode'];

/** Sum over phases of a number of theirs. */
export function both(result, path) {
  return phases.reduce((sum, phase) => sum + (at(result, ['phases', phase, ...path]).value ?? 0), 0);
}

/** list: [[name, number, unit]]; without a prefix to the unit where that is none, or tokens/s. */
export function tile_list(list) {
  return h(
    'dl',
    { class: 'tiles' },
    list.map(([name, one, unit]) => {
      const { value, pointer } = one;
      const is_plain = unit === '' || unit === 'tokens/s';
      const text = is_plain ? `${short(value)} ${unit}` : quantity(value, unit);
      const [amount, ...rest] = is_number(value) ? text.split(' ') : [without(one, unit)];
      return h(
        'div',
        null,
        h('dt', null, name),
        h(
          'dd',
          { 'data-value': value, 'data-pointer': pointer },
          amount,
          ' ',
          h('span', { class: 'unit' }, rest.join(' ')),
        ),
      );
    }),
  );
}

export const ttft = ['Time to first token (TTFT)', ['time_to_first_token_s'], 's'];
export const tpot = ['Time per output token (TPOT)', ['time_per_output_token_s'], 's'];
export const energies_per_token = [
  ['per token of decode', ['phases', 'decode', 'energy_per_token_J'], 'J'],
  ['per token, prefill included', ['energy_per_generated_token_J'], 'J'],
];

/** Results of earlier programs say less: of these nothing is shown. */
function is_said(result, [key]) {
  return result[key] !== undefined;
}

/** The few numbers that everybody looks for first. */
export function tiles(result) {
  const list = [
    ['Time', ['time_s'], 's'],
    ttft,
    tpot,
    ['Decode rate', ['phases', 'decode', 'tokens_per_s'], 'tokens/s'],
    ['Energy', ['energy_J'], 'J'],
    ...energies_per_token.map(([name, ...rest]) => [`Energy ${name}`, ...rest]),
    ['Power', ['power_W'], 'W'],
  ];
  return tile_list(
    list.filter(([, path]) => is_said(result, path)).map(([name, path, unit]) => [name, at(result, path), unit]),
  );
}

class Rows {
  constructor(result) {
    this.result = result;
    this.rows = [];
  }

  /** total, prefill, decode: {value, pointer}, or null where there is nothing to say. */
  quantity(label, numbers, unit, indent = false, prefixed = true) {
    const values = numbers.map((number) => number?.value);
    const scale = prefixed ? scale_for(values, unit) : { factor: 1, unit };
    this.rows.push({
      indent,
      cells: [label, ...numbers.map((number) => (number ? scaled(number, scale) : '')), scale.unit],
    });
  }

  /** Of each phase at `path` and, added up, of the whole run. */
  parts(label, path, unit, measure) {
    const numbers = phases.map((phase) => at(this.result, ['phases', phase, ...path]));
    if (!numbers.some(({ value }) => value)) return false;
    const scale = scale_for([both(this.result, path), ...numbers.map(({ value }) => value)], unit);
    const total = { ...scaled({ value: both(this.result, path) }, scale), measure };
    this.rows.push({
      indent: true,
      cells: [label, total, ...numbers.map((number) => scaled(number, scale)), scale.unit],
    });
    return true;
  }
}

function time_and_tokens(rows, result) {
  const of = (...path) => at(result, path);
  rows.quantity('Time', [of('time_s'), of('phases', 'prefill', 'time_s'), of('phases', 'decode', 'time_s')], 's');
  const shares = phases.map((phase) => share({ value: ratio(result.phases[phase].time_s, result.time_s) }));
  rows.rows.push({
    indent: true,
    cells: [
      'share of the time',
      share({ value: result.time_s > 0 ? 1 : null }),
      ...shares.map((cell, index) => ({ ...cell, measure: `share:${phases[index]}` })),
      '%',
    ],
  });
  if (is_said(result, ttft[1])) rows.quantity(ttft[0], [null, of(...ttft[1]), null], 's');
  if (is_said(result, tpot[1])) rows.quantity(tpot[0], [null, null, of(...tpot[1])], 's');
  rows.rows.push([
    'Events',
    count(of('events')),
    count(of('phases', 'prefill', 'events')),
    count(of('phases', 'decode', 'events')),
    '',
  ]);
  rows.rows.push(['Forward passes', count(of('forward_passes')), '', '', '']);
  const first = { value: result.generated_tokens - result.phases.decode.tokens };
  rows.rows.push([
    'Generated tokens',
    count(of('generated_tokens')),
    { ...count(first), measure: 'first:tokens' },
    count(of('phases', 'decode', 'tokens')),
    '',
  ]);
  rows.quantity('Tokens/s', [null, null, of('phases', 'decode', 'tokens_per_s')], '', false, false);
}

/** What the run is bound by, and what twice as fast parts would gain, where that was asked. */
function bounds(rows, result) {
  if (!result.what_if?.length) return;
  const cell = (text, measure, value) => ({ text, measure, value, number: true });
  rows.rows.push([
    'Bound by',
    '',
    ...phases.map((phase) => cell(bound_by(result, phase) || nothing, `bound:${phase}`)),
    '',
  ]);
  result.what_if.forEach((one, index) => {
    const cells = [null, ...phases].map((phase) => {
      const value = gain(result, one, phase);
      return cell(gain_text(value, nothing), `gain:${index}:${phase ?? ''}`, value);
    });
    rows.rows.push({ indent: true, cells: [gain_name(one), ...cells, '%'] });
  });
}

export function summary_table(result) {
  const rows = new Rows(result);
  const of = (...path) => at(result, path);
  const tokens = result.phases.decode.tokens;
  time_and_tokens(rows, result);
  rows.quantity(
    'Energy',
    [of('energy_J'), of('phases', 'prefill', 'energy_J', 'total'), of('phases', 'decode', 'energy_J', 'total')],
    'J',
  );
  for (const [key, label] of energy_parts) rows.parts(label, ['energy_J', key], 'J', `sum:energy_J/${key}`);
  const [of_decode, with_prefill] = energies_per_token;
  rows.quantity(of_decode[0], [null, null, of(...of_decode[1])], 'J', true);
  if (is_said(result, with_prefill[1]))
    rows.quantity(with_prefill[0], [of(...with_prefill[1]), null, null], 'J', true);
  rows.quantity('Power', [of('power_W'), of('phases', 'prefill', 'power_W'), of('phases', 'decode', 'power_W')], 'W');
  // Results of earlier programs have none.
  if (result.peak_power_W !== undefined)
    rows.quantity(
      'peak',
      [of('peak_power_W'), ...phases.map((phase) => of('phases', phase, 'peak_power_W'))],
      'W',
      true,
    );
  if (directions.some(([key]) => both(result, ['moved_bytes', key]) > 0)) rows.rows.push(['Moved', '', '', '', '']);
  for (const [key, label] of directions) {
    const any = rows.parts(label, ['moved_bytes', key], 'B', `sum:moved_bytes/${key}`);
    if (any && tokens > 0) {
      const value = result.phases.decode.moved_bytes[key] / tokens;
      const scale = scale_for([value], 'B');
      rows.rows.push({
        indent: true,
        cells: ['– per token', '', '', { ...scaled({ value }, scale), measure: `token:${key}` }, scale.unit],
      });
    }
  }
  bounds(rows, result);
  const number = true;
  return table(
    'Summary',
    [
      { label: '' },
      { label: 'total', number },
      { label: 'prefill', number },
      { label: 'decode', number },
      { label: 'unit' },
    ],
    rows.rows,
    { class: 'summary' },
  );
}

/** `charts` stand beside the table where there is room. */
export function summary_section(result, level, charts) {
  return h(
    'section',
    null,
    heading(level, 'Summary'),
    tiles(result),
    h('div', { class: 'beside' }, h('div', null, summary_table(result)), h('div', null, charts)),
  );
}
