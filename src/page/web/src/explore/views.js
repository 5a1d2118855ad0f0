// Summary, capacity and roofline of one run.
import { bound_by, gain, gain_name, gain_text } from '../bounds.js';
import { held, memory_chart } from '../devices.js';
import { h } from '../dom.js';
import { folded } from '../fold.js';
import { percent, quantity, ratio, scale_for } from '../format.js';
import { roofline_chart } from '../roofline.js';
import { phases, tile_list } from '../summary.js';
import { at, scaled, share, table } from '../table.js';

const number = true;

export function summary_view(result) {
  const of = (...path) => at(result, path);
  const tiles = tile_list([
    ['Time to first token (TTFT)', of('time_to_first_token_s'), 's'],
    ['Time per output token (TPOT)', of('time_per_output_token_s'), 's'],
    ['Decode', of('phases', 'decode', 'tokens_per_s'), 'tokens/s'],
    ['Energy per token, prefill included', of('energy_per_generated_token_J'), 'J'],
    ['Energy per token of decode', of('phases', 'decode', 'energy_per_token_J'), 'J'],
    ['Power', of('power_W'), 'W'],
  ]);
  const shown = phases.filter((phase) => result.phases[phase].events > 0);
  const time = scale_for(
    shown.map((phase) => result.phases[phase].time_s),
    's',
  );
  const energy = scale_for(
    shown.map((phase) => result.phases[phase].energy_J.total),
    'J',
  );
  const columns = [{ label: '' }, ...shown.map((label) => ({ label, number })), { label: 'unit' }];
  const row = (label, cell, unit, indent) => ({ indent, cells: [label, ...shown.map(cell), unit] });
  const rows = [
    row('Time', (phase) => scaled(of('phases', phase, 'time_s'), time), time.unit),
    row('share of the time', (phase) => share({ value: ratio(result.phases[phase].time_s, result.time_s) }), '%', true),
    row('Energy', (phase) => scaled(of('phases', phase, 'energy_J', 'total'), energy), energy.unit),
    row('Peak power', (phase) => scaled(of('phases', phase, 'peak_power_W'), { factor: 1 }), 'W'),
  ];
  if (result.what_if?.length > 0) {
    rows.push(row('Bound by', (phase) => ({ text: bound_by(result, phase), measure: `bound:${phase}`, number }), ''));
    for (const one of result.what_if)
      rows.push(row(gain_name(one), (phase) => ({ text: gain_text(gain(result, one, phase), ''), number }), '%', true));
  }
  return [tiles, table('Phases, and what faster parts would gain', columns, rows)];
}

function free_bytes({ total, capacity }) {
  return typeof capacity === 'number' ? capacity - total : null;
}

function free_cell(memory, scale) {
  const cell = scaled({ value: free_bytes(memory) }, scale);
  return { ...cell, measure: 'free' };
}

export function capacity_view(result) {
  const devices = Object.entries(result.devices).filter(([, { memory_bytes }]) => memory_bytes?.total > 0);
  if (devices.length === 0) return [h('p', null, 'No device holds anything.')];
  const scale = scale_for(
    devices.map(([, { memory_bytes }]) => memory_bytes.total),
    'B',
  );
  const rows = folded(devices.map(([name, { memory_bytes }]) => ({ name, memory_bytes, key: JSON.stringify(memory_bytes) })));
  const lacking = rows.filter(({ items }) => free_bytes(items[0].memory_bytes) < 0);
  const parts = held.filter(([key]) => key !== 'streams' || devices.some(([, { memory_bytes }]) => memory_bytes.streams > 0));
  const columns = [
    { label: 'device' },
    ...[...parts.map(([, label]) => label), 'together', 'capacity', 'free'].map((label) => ({ label, unit: scale.unit, number })),
    { label: 'full', unit: '%', number },
  ];
  const cells = rows.map(({ name, items: [{ name: first, memory_bytes: memory }] }) => [
    name,
    ...[...parts.map(([key]) => key), 'total', 'capacity'].map((key) =>
      scaled(at(result, ['devices', first, 'memory_bytes', key]), scale),
    ),
    free_cell(memory, scale),
    share({ value: ratio(memory.total, memory.capacity) }),
  ]);
  const worst = lacking.map(({ name, items }) => `${name} by ${quantity(-free_bytes(items[0].memory_bytes), 'B')}`);
  return [
    h(
      'p',
      { class: lacking.length > 0 ? 'over' : null, id: 'fits' },
      lacking.length > 0 ? `Over its capacity: ${worst.join(', ')}.` : fits_text(rows),
    ),
    table('What devices have to hold at most', columns, cells),
    memory_chart(result, 3),
  ].filter(Boolean);
}

function fits_text(rows) {
  const shares = rows.map(({ items }) => ratio(items[0].memory_bytes.total, items[0].memory_bytes.capacity)).filter((one) => one !== null);
  return shares.length > 0 ? `It fits: the fullest device is ${percent(Math.max(...shares))} full.` : 'How much these devices can hold is not known.';
}

export function roofline_view(result) {
  return [roofline_chart([{ result }], 3) ?? h('p', null, 'No operator has both arithmetic and memory traffic.')];
}
