// Where the time of each device goes.
import { device_share_bars } from './devices.js';
import { figure } from './chart.js';
import { h } from './dom.js';
import { ratio, scale_for } from './format.js';
import { phases } from './summary.js';
import { at, scaled, share, table } from './table.js';

const number = true;
const uses = [
  ['compute', 'compute', 0],
  ['memory', 'memory', 1],
  ['overhead', 'launches', 4],
  ['communication', 'communication', 3],
  ['waiting', 'waiting', 7],
];
const note =
  'Compute: arithmetic works. Memory: a task goes on, and its arithmetic waits for memory. Communication: no task, ' +
  'but a transfer to or from the device is under way. Waiting: none of these.';

function time_use_chart(result, phase, shown, level) {
  const { time_s } = result.phases[phase];
  const devices = Object.entries(result.devices);
  const time = scale_for([time_s], 's');
  const title = `Where time goes in ${phase}`;
  const used = ({ phases: of }, key) => ratio(of[phase].time_s[key], time_s) ?? 0;
  const columns = [
    { label: 'device' },
    ...shown.flatMap(([, label]) => [
      { label, unit: time.unit, number },
      { label: '', unit: '%', number },
    ]),
    { label: 'together', unit: time.unit, number },
  ];
  const lines = devices.map(([name, device]) => [
    name,
    ...shown.flatMap(([key]) => [
      scaled(at(result, ['devices', name, 'phases', phase, 'time_s', key]), time),
      share({ value: used(device, key) }),
    ]),
    {
      ...scaled({ value: shown.reduce((sum, [key]) => sum + device.phases[phase].time_s[key], 0) }, time),
      measure: `spent:${phase}:${name}`,
    },
  ]);
  return figure({
    level,
    title,
    ...device_share_bars(devices, shown, used, {
      note: null,
      axis_name: `share of the time of ${phase} in %`,
      row: 26,
      stack: 'uses',
    }),
    table: () => table(title, columns, lines),
  }).element;
}

/** A chart of each phase that takes time; null for results of earlier programs, which do not say. */
export function time_use_charts(result, level) {
  const devices = Object.values(result.devices ?? {});
  const timed = phases.filter((phase) => result.phases[phase].time_s > 0);
  if (devices.length === 0 || devices.some((device) => !device.phases?.prefill?.time_s)) return null;
  // Few machines take a while to launch: both charts have the same parts.
  const shown = uses.filter(
    ([key]) => key !== 'overhead' || devices.some((one) => phases.some((phase) => one.phases[phase].time_s[key] > 0)),
  );
  if (timed.length === 0) return null;
  return [
    h('p', { class: 'note' }, note),
    h(
      'div',
      { class: 'charts' },
      timed.map((phase) => time_use_chart(result, phase, shown, level)),
    ),
  ];
}
