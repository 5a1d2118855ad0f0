// How busy devices are, and what power they draw, in the course of the run.
import { axis, figure, legend, tip } from './chart.js';
import { h, new_id } from './dom.js';
import { percent, quantity, scale_for, short, shortened } from './format.js';
import { scaled, share, table } from './table.js';

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

/** A value for each bin as the corners of a staircase. */
function stairs(values, { start, bin }, factor) {
  const points = values.map((value, index) => [start + index * bin, value * factor]);
  if (values.length > 0) points.push([start + values.length * bin, values[values.length - 1] * factor]);
  return points;
}

function bin_table(chosen, over_time, time, power) {
  const columns = [
    { label: 'from', unit: time.unit, number },
    { label: 'to', unit: time.unit, number },
    { label: 'compute', unit: '%', number },
    { label: 'memory', unit: '%', number },
    { label: 'power', unit: power.unit, number },
  ];
  const edge = (bin) => scaled({ value: (over_time.start_s ?? 0) + bin * over_time.bin_s }, time);
  const rows = chosen.power_W.map((value, bin) => [
    edge(bin).text,
    edge(bin + 1),
    share({ value: chosen.compute?.[bin] ?? null }),
    share({ value: chosen.memory?.[bin] ?? null }),
    scaled({ value }, power),
  ]);
  return table(`Use and power over time: ${chosen.name}`, columns, rows);
}

export function over_time_chart(timeline, level) {
  const { over_time, window } = timeline;
  const list = choices(over_time?.devices ?? []);
  if (list.length === 0 || list[0].power_W.length === 0) return null;
  let chosen = list[0];
  const bins = chosen.power_W.length;
  const start_s = over_time.start_s ?? 0;
  const end_s = start_s + bins * over_time.bin_s;
  const time = scale_for([end_s], 's');
  const bin = over_time.bin_s / time.factor;
  const start = start_s / time.factor;
  const numbers = h('div');
  const power_scale = () => scale_for(chosen.power_W, 'W');
  const fill = () => numbers.replaceChildren(bin_table(chosen, over_time, time, power_scale()));
  fill();
  const select = h(
    'select',
    { id: new_id('device') },
    list.map(({ name }, index) => h('option', { value: index }, shortened(name, 60))),
  );
  const drawn = figure({
    level,
    title: 'Use and power over time',
    kind: 'Line chart',
    note:
      `Means over ${bins} equal parts, from ${quantity(start_s, 's', 6)} to ${quantity(end_s, 's', 6)}.` +
      (window.whole ? '' : ' What is shaded is shown in detail below.'),
    controls: h('p', { class: 'controls' }, h('label', { for: select.id }, 'Show '), select),
    height: (context) => legend(['compute', 'memory', 'power'], context).height + 380,
    option: (context) => {
      const { colours } = context;
      const power = power_scale();
      const top = legend(['compute', 'memory', 'power'], context);
      const span = (grid, more) =>
        axis(context, { type: 'value', gridIndex: grid, min: start, max: start + bins * bin, ...more });
      const line = (name, grid, values, factor, colour, type) => ({
        type: 'line',
        name,
        step: 'end',
        xAxisIndex: grid,
        yAxisIndex: grid,
        showSymbol: false,
        symbol: 'none',
        data: stairs(values ?? [], { start, bin }, factor),
        lineStyle: { color: colour, type, width: 1.8 },
        itemStyle: { color: colour },
        markArea:
          name === 'memory' || window.whole
            ? undefined
            : {
                silent: true,
                itemStyle: { color: colours.window },
                data: [[{ xAxis: window.start_s / time.factor }, { xAxis: window.end_s / time.factor }]],
              },
      });
      return {
        legend: top.option,
        axisPointer: { link: [{ xAxisIndex: 'all' }] },
        grid: [
          { left: 72, right: 22, top: top.height + 6, height: 150, outerBoundsMode: 'none' },
          { left: 72, right: 22, top: top.height + 186, height: 140, outerBoundsMode: 'none' },
        ],
        xAxis: [
          span(0, { axisLabel: { show: false } }),
          span(1, {
            name: `time in ${time.unit}`,
            nameLocation: 'middle',
            nameGap: 28,
            splitNumber: context.narrow ? 3 : 6,
            axisLabel: { showMaxLabel: false, formatter: (value) => short(value) },
          }),
        ],
        yAxis: [
          axis(context, {
            type: 'value',
            gridIndex: 0,
            min: 0,
            max: 100,
            name: 'use in %',
            nameLocation: 'middle',
            nameGap: 50,
          }),
          axis(context, {
            type: 'value',
            gridIndex: 1,
            min: 0,
            name: `power in ${power.unit}`,
            nameLocation: 'middle',
            nameGap: 50,
            splitNumber: 4,
            axisLabel: { formatter: (value) => short(value) },
          }),
        ],
        tooltip: {
          trigger: 'axis',
          formatter: (points) => {
            const index = Math.min(bins - 1, Math.max(0, Math.floor((points[0].axisValue - start) / bin + 1e-6)));
            return tip(`${short(start + index * bin)} to ${short(start + (index + 1) * bin)} ${time.unit}`, [
              chosen.compute ? ['compute', percent(chosen.compute[index])] : null,
              chosen.memory ? ['memory', percent(chosen.memory[index])] : null,
              ['power', quantity(chosen.power_W[index], 'W')],
            ]);
          },
        },
        series: [
          line('compute', 0, chosen.compute, 100, colours.hues[0], 'solid'),
          line('memory', 0, chosen.memory, 100, colours.hues[1], [5, 3]),
          line('power', 1, chosen.power_W, 1 / power.factor, colours.hues[3], 'solid'),
        ],
      };
    },
    table: () => numbers,
  });
  select.addEventListener('change', () => {
    chosen = list[Number(select.value)];
    fill();
    drawn.redraw();
  });
  return drawn.element;
}
