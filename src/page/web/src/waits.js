// What was waited for: by requests, and by devices.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { device_share_bars } from './devices.js';
import { percent, quantity, ratio, scale_for, short } from './format.js';
import { at, count, scaled, share, table } from './table.js';
import { hue } from './theme.js';

const number = true;
const parts = [
  ['queue_s', 'queue', 4],
  ['prefill_s', 'prompt, to the first token', 0],
  ['transfer_s', 'transfer of the cache', 3],
  ['decode_s', 'tokens after the first', 1],
];

function class_name({ from, to }) {
  if (from === 0 && to === 1) return 'all of them';
  if (from === 0) return `fastest ${short(100 * to)} %`;
  if (to === 1) return `slowest ${short(100 * (1 - from))} %`;
  return `${short(100 * from)} to ${short(100 * to)} %`;
}

/** Of the mean request, and of classes of their time from end to end. */
export function wait_chart(result, level) {
  const { waits } = result.serving;
  if (!waits?.mean) return null;
  const rows = [
    { label: 'mean of all', path: ['serving', 'waits', 'mean'], requests: null },
    ...waits.by_e2e.map((one, index) => ({
      label: class_name(one),
      path: ['serving', 'waits', 'by_e2e', index],
      requests: at(result, ['serving', 'waits', 'by_e2e', index, 'requests']),
    })),
  ];
  const numbers = rows.map(({ path }) => parts.map(([key]) => at(result, [...path, key])));
  const shown = parts.map((_, part) => part).filter((part) => numbers.some((row) => row[part].value > 0));
  const sums = numbers.map((row) => row.reduce((sum, { value }) => sum + value, 0));
  const scale = scale_for(sums, 's');
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit: 's',
    scale,
    axis_name: `time in ${scale.unit}`,
    row: 26,
    series: shown.map((part) => ({
      name: parts[part][1],
      stack: 'parts',
      values: numbers.map((row) => row[part].value),
      style: (colours) => hue(parts[part][2], colours),
    })),
    details: (row) => [
      ...shown.map((part) => [
        parts[part][1],
        `${quantity(numbers[row][part].value, 's', 3)} (${percent(ratio(numbers[row][part].value, sums[row]))})`,
      ]),
      ['end to end', quantity(sums[row], 's')],
    ],
  });
  const columns = [
    { label: 'requests by their time end to end' },
    { label: 'requests', number },
    ...shown.map((part) => ({ label: parts[part][1], unit: scale.unit, number })),
    { label: 'end to end', unit: scale.unit, number },
  ];
  const lines = rows.map(({ label, requests }, row) => [
    label,
    requests ? count(requests) : count(at(result, ['serving', 'requests', 'completed'])),
    ...shown.map((part) => scaled(numbers[row][part], scale)),
    { ...scaled({ value: sums[row] }, scale), measure: `waits:${row}` },
  ]);
  return figure({
    level,
    title: 'Where requests spend their time',
    kind: 'Bar chart',
    ...chart,
    note: 'Means, of all completed requests and of those that are faster and slower from end to end.',
    table: () => table('Where requests spend their time', columns, lines),
  }).element;
}

const uses = [
  ['works', 'works', 0],
  ['waits', 'waits for transfers and other devices', 4],
  ['host', 'waits for the host', 3],
  ['idle', 'no step', 7],
];

export function device_time_chart(result, level) {
  const timed = Object.entries(result.devices ?? {}).filter(
    ([name, { time_s }]) => time_s && (name !== 'HOST' || time_s.works > 0),
  );
  if (timed.length === 0 || !(result.time_s > 0)) return null;
  const part = (time_s, key) => ratio(time_s[key], result.time_s) ?? 0;
  const shown = uses.filter(([key]) => timed.some(([, { time_s }]) => part(time_s, key) >= 5e-4));
  const scale = scale_for([result.time_s], 's');
  const columns = [
    { label: 'device' },
    ...uses.map(([, label]) => ({ label, unit: scale.unit, number })),
    { label: 'works', unit: '%', number },
  ];
  const lines = timed.map(([name, { time_s }]) => [
    name,
    ...uses.map(([key]) => scaled(at(result, ['devices', name, 'time_s', key]), scale)),
    { ...share({ value: part(time_s, 'works') }), measure: `works:${name}` },
  ]);
  return figure({
    level,
    title: 'Where devices spend their time',
    ...device_share_bars(timed, shown, ({ time_s }, key) => part(time_s, key), {
      note: 'A device works, or waits in a step that is under way, or its instance has no step.',
      axis_name: 'share of the run’s time in %',
      row: 26,
      stack: 'uses',
    }),
    table: () => table('Where devices spend their time', columns, lines),
  }).element;
}
