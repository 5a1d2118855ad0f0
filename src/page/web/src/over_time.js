// How busy devices are, and what power they draw, in the course of the run.
import { figure_of_one, legend, tip } from './chart.js';
import { percent, quantity, scale_for } from './format.js';
import { scaled, share, table } from './table.js';
import { Bins, grid_box, value_axis } from './time_bins.js';

const number = true;

/** How many devices a row is: "dimm[0..63]" is 64. */
function size({ name }) {
  const found = /\[([0-9]+)\.\.([0-9]+)\]$/.exec(name);
  return found ? Math.max(1, Number(found[2]) - Number(found[1]) + 1) : 1;
}

/** Weighted by the rows' sizes; null where there are none. */
function mean(rows, key) {
  if (rows.length === 0) return null;
  const whole = rows.reduce((sum, row) => sum + size(row), 0);
  return rows[0][key].map((_, bin) => rows.reduce((sum, row) => sum + size(row) * row[key][bin], 0) / whole);
}

/** What can be chosen: the machine, each device, and the links, which have no use of their own here. */
function choices(rows) {
  if (rows.length === 0) return [];
  const working = rows.filter(({ name, compute }) => compute && name !== 'HOST');
  const shown = working.length > 0 ? working : rows.filter(({ compute }) => compute);
  return [
    {
      name: 'whole machine: mean use of accelerators, power of all',
      compute: mean(shown, 'compute'),
      memory: mean(shown, 'memory'),
      power_W: rows[0].power_W.map((_, bin) => rows.reduce((sum, { power_W }) => sum + power_W[bin], 0)),
    },
    ...rows.map(({ name, compute, memory, power_W }) => ({
      name,
      compute: compute ?? null,
      memory: memory ?? null,
      power_W,
    })),
  ];
}

function bin_table(chosen, bins) {
  const time = bins.scale;
  const power = scale_for(chosen.power_W, 'W');
  const columns = [
    { label: 'from', unit: time.unit, number },
    { label: 'to', unit: time.unit, number },
    { label: 'compute', unit: '%', number },
    { label: 'memory', unit: '%', number },
    { label: 'power', unit: power.unit, number },
  ];
  const rows = chosen.power_W.map((value, bin) => [
    scaled({ value: bins.from_s(bin) }, time).text,
    scaled({ value: bins.to_s(bin) }, time),
    share({ value: chosen.compute?.[bin] ?? null }),
    share({ value: chosen.memory?.[bin] ?? null }),
    scaled({ value }, power),
  ]);
  return table(`Use and power over time: ${chosen.name}`, columns, rows);
}

const names = ['compute', 'memory', 'power'];

function option(context, chosen, bins, window) {
  const { colours } = context;
  const power = scale_for(chosen.power_W, 'W');
  const top = legend(names, context);
  const line = (name, grid, values, factor, colour, type) =>
    bins.line(
      grid,
      (values ?? []).map((value) => value * factor),
      {
        name,
        lineStyle: { color: colour, type, width: 1.8 },
        itemStyle: { color: colour },
        markArea:
          name === 'memory' || window.whole
            ? undefined
            : {
                silent: true,
                itemStyle: { color: colours.window },
                data: [[{ xAxis: bins.shown(window.start_s) }, { xAxis: bins.shown(window.end_s) }]],
              },
      },
    );
  return {
    legend: top.option,
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: [grid_box(top.height + 6, 150, 72), grid_box(top.height + 186, 140, 72)],
    xAxis: [{ ...bins.axis(context, 0, false), splitNumber: 5 }, bins.axis(context, 1, true)],
    yAxis: [
      value_axis(context, 0, 'use in %', { max: 100, nameGap: 50 }),
      value_axis(context, 1, `power in ${power.unit}`, { splitNumber: 4, nameGap: 50 }),
    ],
    tooltip: {
      trigger: 'axis',
      formatter: (points) => {
        const bin = bins.under(points);
        return tip(bins.text(bin), [
          chosen.compute ? ['compute', percent(chosen.compute[bin])] : null,
          chosen.memory ? ['memory', percent(chosen.memory[bin])] : null,
          ['power', quantity(chosen.power_W[bin], 'W')],
        ]);
      },
    },
    series: [
      line('compute', 0, chosen.compute, 100, colours.hues[0], 'solid'),
      line('memory', 0, chosen.memory, 100, colours.hues[1], [5, 3]),
      line('power', 1, chosen.power_W, 1 / power.factor, colours.hues[3], 'solid'),
    ],
  };
}

export function over_time_chart(timeline, level) {
  const { over_time, window } = timeline;
  const list = choices(over_time?.devices ?? []);
  if (list.length === 0 || list[0].power_W.length === 0) return null;
  const count = list[0].power_W.length;
  const { start_s = 0, bin_s } = over_time;
  const end_s = start_s + count * bin_s;
  const bins = new Bins({ start_s, bin_s, end_s }, count);
  return figure_of_one(list, 'device', {
    level,
    title: 'Use and power over time',
    kind: 'Line chart',
    note:
      `Means over ${count} equal parts, from ${quantity(start_s, 's', 6)} to ${quantity(end_s, 's', 6)}.` +
      (window.whole ? '' : ' What is shaded is shown in detail below.'),
    height: (context) => legend(names, context).height + 380,
    option: (context, chosen) => option(context, chosen, bins, window),
    table: (chosen) => bin_table(chosen, bins),
  });
}
