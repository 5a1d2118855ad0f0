// What each device did and holds.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { folded } from './fold.js';
import { percent, quantity, ratio, rounded, scale_for } from './format.js';
import { at, count, scaled, share, table } from './table.js';
import { hue } from './theme.js';

const number = true;
const most_rows = 24;
const uses = [
  ['compute', 'compute', 0],
  ['memory', 'memory', 1],
  ['host_to_device', 'to device', 2],
  ['device_to_host', 'to host', 3],
  ['device_to_device', 'between devices', 5],
];
export const held = [
  ['weights', 'weights', 0],
  ['kv_cache', 'KV cache', 1],
  ['activations', 'activations', 2],
  ['streams', 'room for streams', 3],
];

/**
 * Bars of the shares of time that `devices` [[name, device]] spend on `uses` [[key, label, place of the colour]];
 * share_of(device, key) is one. Equal devices that are numbered in a row share a line. spec: note, axis_name, row,
 * stack.
 */
export function device_share_bars(devices, uses, share_of, { note, axis_name, row, stack }) {
  const rows = folded(
    devices.map(([name, device]) => ({
      name,
      device,
      key: uses.map(([key]) => percent(share_of(device, key))).join(' '),
    })),
  );
  const share_in = (line, key) => share_of(rows[line].items[0].device, key);
  return {
    kind: 'Bar chart',
    ...bars({
      categories: rows.map(({ name }) => name),
      unit: '',
      scale: { factor: 0.01 },
      axis_name,
      row,
      most: most_rows,
      max: 100,
      series: uses.map(([key, label, place]) => ({
        name: label,
        stack,
        values: rows.map((_, line) => share_in(line, key)),
        style: (colours) => hue(place, colours),
      })),
      details: (line) => uses.map(([key, label]) => [label, percent(share_in(line, key))]),
    }),
    note: [
      note,
      rows.length < devices.length ? 'Devices numbered in a row with equal figures share a line.' : null,
      rows.length > most_rows ? 'The slider on the right shows the others.' : null,
    ]
      .filter(Boolean)
      .join(' '),
  };
}

export function utilisation_chart(result, level) {
  const devices = Object.keys(result.devices ?? {});
  if (devices.length === 0) return null;
  const shown = uses.filter(
    ([key]) => key !== 'device_to_device' || devices.some((name) => result.devices[name].utilisation?.[key] > 0),
  );
  const energy = scale_for(
    devices.map((name) => result.devices[name].energy_J?.total),
    'J',
  );
  // Results of earlier programs have no peak power.
  const peaks = devices.map((name) => result.devices[name].peak_power_W);
  const power = peaks.some((peak) => peak !== undefined) ? scale_for(peaks, 'W') : null;
  const columns = [
    { label: 'device' },
    { label: 'events', number },
    ...shown.map(([, label]) => ({ label, unit: '%', number })),
    { label: 'energy', unit: energy.unit, number },
    ...(power ? [{ label: 'peak power', unit: power.unit, number }] : []),
  ];
  const lines = devices.map((name) => [
    name,
    count(at(result, ['devices', name, 'events'])),
    ...shown.map(([key]) => share(at(result, ['devices', name, 'utilisation', key]))),
    scaled(at(result, ['devices', name, 'energy_J', 'total']), energy),
    ...(power ? [scaled(at(result, ['devices', name, 'peak_power_W']), power)] : []),
  ]);
  return figure({
    level,
    title: 'Utilisation',
    ...device_share_bars(Object.entries(result.devices), shown, ({ utilisation }, key) => utilisation?.[key], {
      note: 'How much of the elapsed time each part of a device works.',
      axis_name: 'share of the elapsed time in %',
      row: 9 * shown.length + 10,
    }),
    table: () => table('Utilisation of devices', columns, lines),
  }).element;
}

function known_capacity({ capacity }) {
  return typeof capacity === 'number' && capacity > 0 ? capacity : null;
}

/** Where the axis ends. A host's capacity, often far above all else, does not stretch it. */
function memory_axis_end(memories) {
  const [host, ...others] = memories;
  const needed = others.flatMap((memory) => [memory.total, known_capacity(memory) ?? 0]);
  const largest = Math.max(host?.total ?? 0, ...needed);
  const capacity = host ? (known_capacity(host) ?? 0) : 0;
  return largest > 0 ? Math.max(largest, capacity <= 2 * largest ? capacity : 0) : capacity;
}

export function memory_chart(result, level) {
  const devices = Object.entries(result.devices ?? {}).filter(([, device]) => device.memory_bytes);
  const memories = devices.map(([, device]) => device.memory_bytes);
  const parts = held.filter(([key]) => key !== 'streams' || memories.some((one) => one.streams > 0));
  const end = memory_axis_end(memories);
  if (!(end > 0)) return null;
  const scale = scale_for([end], 'B');
  const text = (bytes) => (bytes === null ? '–' : rounded(bytes / scale.factor, 4));
  const rows = folded(
    devices.map(([name, device]) => ({
      name,
      memory: device.memory_bytes,
      key: [device.memory_bytes.total, known_capacity(device.memory_bytes)].map(text).join(' '),
    })),
  );
  const memory = rows.map(({ items }) => items[0].memory);
  const beyond = memory.some((one) => known_capacity(one) > end);
  const chart = bars({
    categories: rows.map(({ name }) => name),
    unit: 'B',
    scale,
    axis_name: `memory in ${scale.unit}`,
    most: most_rows,
    legend: [...parts.map(([, label]) => label), 'capacity'],
    series: parts.map(([key, label, index]) => ({
      name: label,
      stack: 'held',
      values: memory.map((one) => one[key] ?? 0),
      style: (colours) => hue(index, colours),
    })),
    extra: ({ colours }) => [
      {
        type: 'scatter',
        name: 'capacity',
        symbol: 'rect',
        symbolSize: [4, 24],
        z: 5,
        itemStyle: { color: colours.strong, decal: { symbol: 'none' } },
        data: memory
          .map((one, index) => [known_capacity(one), index])
          .filter(([capacity]) => capacity !== null && capacity <= end)
          .map(([capacity, index]) => [capacity / scale.factor, index]),
      },
    ],
    details: (row) => [
      ...parts.map(([key, label]) => [label, quantity(memory[row][key] ?? 0, 'B')]),
      ['together', quantity(memory[row].total, 'B')],
      ['capacity', known_capacity(memory[row]) === null ? 'not known' : quantity(known_capacity(memory[row]), 'B')],
      ['full', percent(ratio(memory[row].total, known_capacity(memory[row])))],
    ],
  });
  const columns = [
    { label: 'device' },
    ...[...parts.map(([, label]) => label), 'together', 'capacity'].map((label) => ({
      label,
      unit: scale.unit,
      number,
    })),
    { label: 'full', unit: '%', number },
  ];
  const lines = devices.map(([name, { memory_bytes: one }]) => [
    name,
    ...[...parts.map(([key]) => key), 'total', 'capacity'].map((key) =>
      scaled(at(result, ['devices', name, 'memory_bytes', key]), scale),
    ),
    { ...share({ value: ratio(one.total, known_capacity(one)) }), measure: `full:${name}` },
  ]);
  return figure({
    level,
    title: 'Memory held',
    kind: 'Bar chart',
    ...chart,
    note:
      'The most that a device has to hold at any time; the upright mark is its capacity, where that is known' +
      `${beyond ? ' and not far beyond what is held' : ''}.`,
    table: () => table('Memory of devices', columns, lines),
  }).element;
}

export function link_table(result) {
  const names = Object.keys(result.links ?? {});
  if (names.length === 0) return null;
  const link = (name) => result.links[name];
  const moved = scale_for(
    names.map((name) => link(name).moved_bytes?.total),
    'B',
  );
  const energy = scale_for(
    names.map((name) => link(name).energy_J?.total),
    'J',
  );
  const speed = scale_for(
    names.map((name) => link(name).bandwidth_Bps),
    'B/s',
  );
  const phases = ['total', 'prefill', 'decode'];
  const columns = [
    { label: 'link' },
    { label: 'bandwidth', unit: speed.unit, number },
    { label: 'busy', unit: '%', number },
    ...phases.map((phase) => ({ label: `moved, ${phase}`, unit: moved.unit, number })),
    ...phases.map((phase) => ({ label: `energy, ${phase}`, unit: energy.unit, number })),
  ];
  const of = (name, ...path) => at(result, ['links', name, ...path]);
  const rows = names.map((name) => [
    name,
    scaled(of(name, 'bandwidth_Bps'), speed),
    share(of(name, 'utilisation')),
    ...phases.map((phase) => scaled(of(name, 'moved_bytes', phase), moved)),
    ...phases.map((phase) => scaled(of(name, 'energy_J', phase), energy)),
  ]);
  return table('Links: what they moved', columns, rows);
}
