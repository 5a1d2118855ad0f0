// Energy and busy time by part, time by layer: each split into prefill and decode.
import { bars } from './bars.js';
import { figure } from './chart.js';
import { is_number, ratio, scale_for, percent, quantity } from './format.js';
import { layers } from './layers.js';
import { both, busy_parts, energy_parts, phases } from './summary.js';
import { at, count, scaled, table } from './table.js';
import { phase_style } from './theme.js';

const number = true;

function phase_series(values) {
  return phases.map((phase, index) => ({
    name: phase,
    stack: 'phases',
    values: values[index],
    style: (colours) => phase_style(phase, colours),
  }));
}

/** rows: [{label, path}] with a number of each phase at `path`. */
function by_phase(spec, result, rows, unit) {
  const numbers = rows.map(({ path }) => phases.map((phase) => at(result, ['phases', phase, ...path])));
  const totals = rows.map(({ path }) => both(result, path));
  const scale = scale_for(totals, unit);
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit,
    scale,
    axis_name: `${spec.axis} in ${scale.unit}`,
    series: phase_series(phases.map((_, index) => numbers.map((row) => row[index].value ?? 0))),
    details: (row) => [
      ...phases.map((phase, index) => [phase, quantity(numbers[row][index].value, unit)]),
      ['together', quantity(totals[row], unit)],
    ],
  });
  const lines = rows.map(({ label }, row) => {
    const own = scale_for([totals[row]], unit);
    return [
      label,
      { ...scaled({ value: totals[row] }, own), measure: `sum:${rows[row].path.join('/')}` },
      ...numbers[row].map((one) => scaled(one, own)),
      own.unit,
    ];
  });
  const columns = [
    { label: '' },
    { label: 'total', number },
    { label: 'prefill', number },
    { label: 'decode', number },
    { label: 'unit' },
  ];
  return figure({ ...spec, kind: 'Bar chart', ...chart, table: () => table(spec.title, columns, lines) }).element;
}

function used(result, path) {
  return both(result, path) > 0;
}

/** null where energies are not stated. */
export function energy_chart(result, level) {
  if (!is_number(result.energy_J)) return null;
  const rows = energy_parts
    .map(([key, label]) => ({ label, path: ['energy_J', key] }))
    .filter(({ path }) => used(result, path));
  const shown = rows.length > 0 ? rows : [{ label: 'compute', path: ['energy_J', 'compute'] }];
  return by_phase({ level, title: 'Energy by part', axis: 'energy' }, result, shown, 'J');
}

export function busy_chart(result, level) {
  const rows = busy_parts
    .map(([key, label]) => ({ label, path: ['busy_s', key] }))
    .filter(({ path }) => used(result, path));
  return by_phase(
    {
      level,
      title: 'Time by resource',
      axis: 'time',
      note:
        'How long each resource works, summed over devices. Resources work at the same time, so that they may add up ' +
        'to more than has elapsed.',
    },
    result,
    [{ label: 'elapsed', path: ['time_s'] }, ...rows],
    's',
  );
}

const most_layers = 15;

export function layer_chart(result, level) {
  const all = layers(result);
  if (all.length === 0) return null;
  const numbers = (layer, phase, ...path) =>
    phase in layer.classes ? at(result, ['event_classes', layer.classes[phase], ...path]) : { value: null };
  const time = (layer, phase) => numbers(layer, phase, 'time_s').value ?? 0;
  const shown = all.slice(0, all.length > most_layers + 1 ? most_layers : all.length);
  const rest = all.slice(shown.length);
  const rows = shown.map((layer) => ({ label: layer.label, times: phases.map((phase) => time(layer, phase)) }));
  if (rest.length > 0) {
    rows.push({
      label: `${rest.length} others`,
      times: phases.map((phase) => rest.reduce((sum, layer) => sum + time(layer, phase), 0)),
    });
  }
  const whole = all.reduce((sum, layer) => sum + layer.time_s, 0);
  const scale = scale_for(
    rows.map(({ times }) => times[0] + times[1]),
    's',
  );
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit: 's',
    scale,
    axis_name: `time in ${scale.unit}`,
    row: 27,
    series: phase_series(phases.map((_, index) => rows.map(({ times }) => times[index]))),
    details: (row) => [
      ...phases.map((phase, index) => [phase, quantity(rows[row].times[index], 's')]),
      ['share of all', percent(ratio(rows[row].times[0] + rows[row].times[1], whole))],
    ],
  });
  const energies = all.flatMap((layer) => phases.map((phase) => numbers(layer, phase, 'energy_J', 'total').value));
  const energy = scale_for(energies, 'J');
  const columns = [{ label: 'layer or function' }, { label: 'type' }];
  for (const phase of phases) {
    columns.push(
      { label: `${phase} calls`, number },
      { label: `${phase} time`, unit: scale.unit, number },
      { label: `${phase} energy`, unit: energy.unit, number },
    );
  }
  const lines = all.map((layer) => [
    layer.name || layer.type,
    layer.type,
    ...phases.flatMap((phase) => [
      count(numbers(layer, phase, 'count')),
      scaled(numbers(layer, phase, 'time_s'), scale),
      scaled(numbers(layer, phase, 'energy_J', 'total'), energy),
    ]),
  ]);
  return figure({
    level,
    title: 'Time by layer',
    kind: 'Bar chart',
    ...chart,
    note:
      'All calls of layers and functions of one name, and communication by what it is' +
      (rest.length > 0 ? `; the ${shown.length} that take longest, the others together.` : '.'),
    table: () => table('Time and energy by layer', columns, lines),
  }).element;
}
