// How busy devices are, and what power they draw, in the course of the run: prefill and decode side by side.
import { figure_of_one, legend, tip } from './chart.js';
import { is_number, percent, quantity, ratio, scale_for, short } from './format.js';
import { scaled, share, table } from './table.js';
import { Bins, value_axis } from './time_bins.js';

const number = true;
const names = ['compute', 'memory', 'power'];
const left = 66;
const right = 14;
const gap = 30;

/** Names of the devices that a row is of: "dimm[0..63]" is 64. */
function members({ name }) {
  const found = /^(.*\[)([0-9]+)\.\.([0-9]+)(\])$/.exec(name);
  if (!found) return [name];
  const [, before, first, last, after] = found;
  const count = Math.max(1, Number(last) - Number(first) + 1);
  return Array.from({ length: count }, (_, index) => `${before}${Number(first) + index}${after}`);
}

/** Whether a device has work of its own in the run, of which transfers are none. What is not known counts. */
function works({ devices }, name) {
  const busy = devices?.[name]?.busy_s;
  return !busy || ['compute', 'mem_transfer', 'kv_load'].some((part) => busy[part] > 0);
}

/** Of rows, by what works among them: {rows: [{row, size}], all, working}. */
function counted(result, rows) {
  const sized = rows.map((row) => {
    const names = members(row);
    return { row, size: names.length, working: names.filter((name) => works(result, name)).length };
  });
  const sum = (key) => sized.reduce((whole, one) => whole + one[key], 0);
  return { sized, all: sum('size'), working: sum('working') };
}

/** Of the devices that have work; those of a row that have none add nothing to it. Null where there are none. */
function mean({ sized, working }, key) {
  if (working === 0) return null;
  return sized[0].row[key].map((_, bin) => sized.reduce((sum, { row, size }) => sum + size * row[key][bin], 0) / working);
}

/** Whose use the whole machine's is: accelerators, or HOST where none works. */
function used_devices(result, { devices }) {
  const rows = devices.filter(({ compute }) => compute);
  const accelerators = counted(result, rows.filter(({ name }) => name !== 'HOST'));
  if (accelerators.working > 0) {
    const { working, all } = accelerators;
    return {
      ...accelerators,
      name: 'mean use of accelerators that have work',
      note: `the mean of the accelerators that have work in the run (${working} of ${all})`,
    };
  }
  const host = counted(result, rows.filter(({ name }) => name === 'HOST'));
  return { ...host, name: 'use of HOST', note: 'that of HOST, since no accelerator has work' };
}

/** What can be chosen: the machine, each device, and the links, which have no use of their own here. */
function choices({ machine, devices }, used) {
  return [
    {
      ...machine,
      name: `whole machine: ${used.name}, power of all`,
      compute: mean(used, 'compute'),
      memory: mean(used, 'memory'),
    },
    ...devices.map((one) => ({ ...one, compute: one.compute ?? null, memory: one.memory ?? null })),
  ];
}

/** A column of the chart for each phase: {phase, first, bins, part: of the run's time}. */
function columns_of({ edges_s, phases }) {
  const whole_s = edges_s[edges_s.length - 1] - edges_s[0];
  let first = 0;
  return phases.map(({ phase, bins: count }) => {
    const edges = edges_s.slice(first, first + count + 1);
    const column = {
      phase,
      first,
      bins: new Bins(edges, edges[0]),
      time_s: edges[count] - edges[0],
      part: (edges[count] - edges[0]) / whole_s,
    };
    first += count;
    return column;
  });
}

function part_of(values, { first, bins }) {
  return (values ?? []).slice(first, first + bins.count);
}

/** [left, width] of each column, px. */
function boxes(columns, context) {
  const room = context.width - left - right - gap * (columns.length - 1);
  const least = context.narrow ? 0.42 : 0.28; // of the width, however short a phase is
  const shares = columns.map(({ part }) => Math.min(1 - least, Math.max(least, part)));
  const sum = shares.reduce((all, one) => all + one, 0);
  let at = left;
  return shares.map((one) => {
    const width = (room * one) / sum;
    const box = [at, width];
    at += width + gap;
    return box;
  });
}

function bin_table(chosen, columns) {
  const power = scale_for(chosen.most_W, 'W');
  const time = scale_for(
    columns.map(({ bins }) => bins.to_s(bins.count - 1)),
    's',
  );
  const head = [
    { label: 'phase' },
    { label: 'from', unit: time.unit, number },
    { label: 'to', unit: time.unit, number },
    { label: 'compute', unit: '%', number },
    { label: 'memory', unit: '%', number },
    { label: 'power, mean', unit: power.unit, number },
    { label: 'least', unit: power.unit, number },
    { label: 'most', unit: power.unit, number },
  ];
  const rows = columns.flatMap(({ phase, first, bins }) =>
    Array.from({ length: bins.count }, (_, bin) => [
      phase,
      scaled({ value: bins.from_s(bin) }, time),
      scaled({ value: bins.to_s(bin) }, time),
      share({ value: chosen.compute?.[first + bin] ?? null }),
      share({ value: chosen.memory?.[first + bin] ?? null }),
      ...['power_W', 'least_W', 'most_W'].map((key) => {
        const value = chosen[key][first + bin];
        return scaled({ value, is_stated: is_number(value) }, power);
      }),
    ]),
  );
  return table(`Use and power over time: ${chosen.name}`, head, rows);
}

/** The end of an axis from 0 whose `count` steps are round, and reach `value`. */
function axis_end(value, count) {
  if (!(value > 0)) return { max: 1, interval: 1 / count };
  const raw = value / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const interval = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= raw * (1 - 1e-9)) * unit;
  return { max: interval * count, interval };
}

function heads(columns, places, top, context) {
  return columns.map(({ phase, time_s, part }, index) => ({
    text: context.narrow ? `${phase}, ${percent(part)}` : `${phase}: ${quantity(time_s, 's')}, ${percent(part)} of the time`,
    left: places[index][0],
    top,
    padding: 0,
    textStyle: { color: context.colours.text, fontSize: 13, fontWeight: 600 },
  }));
}

function time_axis({ bins, phase }, context, grid, is_lowest, width) {
  const start_s = bins.from_s(0);
  const name = start_s > 0 && !context.narrow ? `${bins.scale.unit} after ${quantity(start_s, 's', 6)}` : bins.scale.unit;
  return bins.axis(context, grid, is_lowest, {
    splitNumber: Math.max(1, Math.floor(width / 90)),
    ...(is_lowest ? { name: phase === 'prefill' && start_s === 0 ? `time in ${bins.scale.unit}` : name } : {}),
  });
}

function option(context, chosen, columns, windows) {
  const { colours } = context;
  const power = scale_for(chosen.most_W, 'W');
  const top = legend(names, context);
  const places = boxes(columns, context);
  const count = columns.length;
  const rows = [
    { top: top.height + 26, height: 150 },
    { top: top.height + 206, height: 150 },
  ];
  const grids = rows.flatMap((row) =>
    places.map(([from, width]) => ({ ...row, left: from, width, outerBoundsMode: 'none' })),
  );
  const power_end = axis_end(Math.max(...chosen.most_W) / power.factor, 4);
  const shaded = (column) => {
    const window = windows[column.phase];
    if (!window || window.whole) return undefined;
    const ends = [window.start_s, window.end_s].map((time_s) => ({ xAxis: column.bins.shown(time_s) }));
    return { silent: true, itemStyle: { color: colours.window }, data: [ends] };
  };
  const line = (column, grid, name, values, factor, colour, type) =>
    column.bins.line(
      grid,
      part_of(values, column).map((value) => (is_number(value) ? value * factor : null)),
      {
        name,
        lineStyle: { color: colour, type, width: 1.6 },
        itemStyle: { color: colour },
        markArea: name === 'memory' ? undefined : shaded(column),
        z: 3,
      },
    );
  const divided = (values, column) => part_of(values, column).map((value) => (is_number(value) ? value / power.factor : null));
  return {
    legend: top.option,
    title: heads(columns, places, top.height, context),
    axisPointer: {
      link: columns.map((_, index) => ({ xAxisIndex: [index, count + index] })),
    },
    grid: grids,
    xAxis: grids.map((_, grid) =>
      time_axis(columns[grid % count], context, grid, grid >= count, places[grid % count][1]),
    ),
    yAxis: grids.map((_, grid) =>
      value_axis(context, grid, grid % count > 0 ? '' : grid < count ? 'use in %' : `power in ${power.unit}`, {
        ...(grid < count ? { max: 100, interval: 25 } : power_end),
        nameGap: 46,
        axisLabel: grid % count > 0 ? { show: false } : { formatter: (value) => short(value) },
      }),
    ),
    tooltip: {
      trigger: 'axis',
      formatter: (points) => {
        const { bins, first, phase } = columns[points[0].axisIndex % count];
        const bin = bins.under(points);
        const of = (values) => values[first + bin];
        return tip(`${phase}, ${bins.text(bin)}`, [
          chosen.compute ? ['compute', percent(of(chosen.compute))] : null,
          chosen.memory ? ['memory', percent(of(chosen.memory))] : null,
          ['power, mean', quantity(of(chosen.power_W), 'W')],
          ['least', quantity(of(chosen.least_W), 'W')],
          ['most', quantity(of(chosen.most_W), 'W')],
        ]);
      },
    },
    series: columns.flatMap((column, index) => [
      line(column, index, 'compute', chosen.compute, 100, colours.hues[0], 'solid'),
      line(column, index, 'memory', chosen.memory, 100, colours.hues[1], [5, 3]),
      ...(chosen.least_W.every(is_number)
        ? [
            column.bins.band(
              count + index,
              divided(chosen.least_W, column),
              divided(chosen.most_W, column),
              colours.hues[3],
            ),
          ]
        : []),
      line(column, count + index, 'power', chosen.power_W, 1 / power.factor, colours.hues[3], 'solid'),
    ]),
  };
}

export function over_time_chart(result, { over_time, parts }, level) {
  if (!over_time || over_time.edges_s.length < 2) return null;
  const used = used_devices(result, over_time);
  const list = choices(over_time, used);
  const columns = columns_of(over_time);
  const windows = Object.fromEntries(parts.map(({ phase, window }) => [phase, window]));
  const shaded = columns.some(({ phase }) => windows[phase] && !windows[phase].whole);
  const peak_W = Math.max(...over_time.machine.most_W);
  const mean_W = ratio(
    over_time.machine.power_W.reduce(
      (sum, power_W, bin) => sum + power_W * (over_time.edges_s[bin + 1] - over_time.edges_s[bin]),
      0,
    ),
    over_time.edges_s[over_time.edges_s.length - 1] - over_time.edges_s[0],
  );
  return figure_of_one(list, 'device', {
    level,
    title: 'Use and power over time',
    kind: 'Line chart',
    note:
      'Lines are means; power is shaded from the least to the most. ' +
      (over_time.machine.power_W.every(is_number)
        ? `The whole machine draws ${quantity(mean_W, 'W')} in the mean and ${quantity(peak_W, 'W')} at most. `
        : 'What the whole machine draws is not stated. ') +
      `Its use is ${used.note}. ` +
      'Parts begin where steps or pieces of work do; equal steps are ' +
      'equal parts.' +
      (columns.length > 1 ? ' Each phase has a scale of its own.' : '') +
      (shaded ? ' What is shaded from top to bottom is shown in detail below.' : ''),
    height: (context) => legend(names, context).height + 410,
    option: (context, chosen) => option(context, chosen, columns, windows),
    big: true,
    table: (chosen) => bin_table(chosen, columns),
  });
}
