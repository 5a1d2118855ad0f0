// What ran, waited, was held and was drawn in the course of the run.
import { figure_of_one, legend, tip } from './chart.js';
import { is_number, percent, quantity, ratio, scale_for, short } from './format.js';
import { scaled, table } from './table.js';
import { Bins, equal_edges, grid_box, value_axis } from './time_bins.js';

const number = true;

/** What can be chosen: all together, and each instance where they are told apart. */
function choices({ serving }) {
  const { course, instances, kv } = serving;
  return [
    { name: 'all instances together', track: course.all, blocks: kv.blocks, path: ['all'] },
    ...course.instances.map((track, index) => ({
      name: `instance ${instances[index].name}`,
      track,
      blocks: instances[index].kv_blocks,
      path: ['instances', index],
    })),
  ];
}

/** By bin; results of earlier programs have its mean alone. */
const most_power = (track) => track.peak_power_W ?? track.power_W;

/** The grids from the top down: what each shows, and how. */
function panels(chosen, bins) {
  const { track } = chosen;
  const power = scale_for(most_power(track), 'W');
  const per_s = (values) => values.map((value, bin) => ratio(value, bins.span_s(bin)) ?? 0);
  const tokens = per_s(track.tokens);
  const rate = scale_for(tokens, '');
  const divided = (values, factor) => values.map((value) => (value === null ? null : value / factor));
  const ran = track.steps.map((steps) => steps > 0);
  const known = (values) => values.map((value, bin) => (ran[bin] ? value : null));
  const zero = (values) => values.map((value, bin) => (ran[bin] ? value : 0));
  return [
    {
      axis: 'requests',
      counts: true,
      lines: [
        { name: 'running', values: track.running.mean, band: track.running, hue: 0, type: 'solid' },
        { name: 'waiting', values: track.waiting.mean, band: track.waiting, hue: 1, type: [5, 3] },
      ],
    },
    {
      axis: 'KV blocks in use',
      counts: true,
      lines: [{ name: 'KV blocks', values: track.kv_blocks.mean, band: track.kv_blocks, hue: 2, type: 'solid' }],
    },
    {
      axis: 'tokens of a step',
      counts: true,
      lines: [
        {
          name: 'tokens of a step',
          values: known(track.mean_step_tokens),
          band: { least: zero(track.least_step_tokens), most: zero(track.most_step_tokens) },
          hue: 3,
          type: 'solid',
        },
      ],
    },
    {
      axis: rate.unit ? `${rate.unit} tokens/s` : 'tokens/s',
      lines: [
        { name: 'tokens/s', values: divided(tokens, rate.factor), hue: 5, type: 'solid' },
        {
          name: 'of prompts',
          values: divided(per_s(track.prompt_tokens), rate.factor),
          hue: 6,
          type: 'solid',
          area: true,
        },
      ],
    },
    {
      axis: `power in ${power.unit}`,
      lines: [
        {
          name: 'power',
          values: divided(track.power_W, power.factor),
          // Powers are null where devices do not state their energies.
          band: track.peak_power_W?.every(is_number) && {
            least: divided(track.power_W, power.factor),
            most: divided(track.peak_power_W, power.factor),
          },
          hue: 4,
          type: 'solid',
        },
      ],
    },
  ];
}

const grid_height = 104;
const gap = 26;
const shown_names = ['running', 'waiting', 'tokens/s', 'of prompts'];

function option(context, chosen, bins) {
  const { colours } = context;
  const top = legend(shown_names, context);
  const list = panels(chosen, bins);
  const place = (index) => top.height + 8 + index * (grid_height + gap);
  const last = list.length - 1;
  const { track } = chosen;
  const range = ({ mean, least, most }, bin) => `${short(mean[bin])} (${short(least[bin])} to ${short(most[bin])})`;
  return {
    legend: top.option,
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: list.map((_, index) => grid_box(place(index), grid_height)),
    xAxis: list.map((_, index) => bins.axis(context, index, index === last)),
    yAxis: list.map((panel, index) =>
      value_axis(context, index, panel.axis, {
        max: ({ max }) => (max > 0 ? null : 1),
        minInterval: panel.counts ? 1 : 0,
        splitNumber: 3,
      }),
    ),
    tooltip: {
      trigger: 'axis',
      formatter: (points) => {
        const bin = bins.under(points);
        const rate = (values) => short(ratio(values[bin], bins.span_s(bin)) ?? 0);
        return tip(bins.text(bin), [
          ['running', range(track.running, bin)],
          ['waiting', range(track.waiting, bin)],
          ['KV blocks', range(track.kv_blocks, bin)],
          ['of all blocks', percent(ratio(track.kv_blocks.mean[bin], chosen.blocks))],
          ['steps', String(track.steps[bin])],
          track.steps[bin] > 0
            ? [
                'tokens of a step',
                `${short(track.mean_step_tokens[bin])} (${track.least_step_tokens[bin]} to ${track.most_step_tokens[bin]})`,
              ]
            : null,
          ['tokens/s', rate(track.tokens)],
          ['of prompts', rate(track.prompt_tokens)],
          ['power, mean', quantity(track.power_W[bin], 'W')],
          track.peak_power_W ? ['peak', quantity(track.peak_power_W[bin], 'W')] : null,
        ]);
      },
    },
    series: list.flatMap((panel, grid) =>
      panel.lines.flatMap((line) => {
        const colour = colours.hues[line.hue];
        const drawn = bins.line(grid, line.values, {
          name: line.name,
          lineStyle: { color: colour, type: line.type, width: line.area ? 0.8 : 1.7 },
          areaStyle: line.area ? { color: colour, opacity: 0.3 } : undefined,
          itemStyle: { color: colour },
          z: 3,
        });
        if (!line.band) return [drawn];
        return [
          bins.band(grid, line.band.least, line.band.most, colour),
          // Has the axis reach the peaks.
          bins.line(grid, line.band.most, { silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } }),
          drawn,
        ];
      }),
    ),
  };
}

function bin_table(chosen, bins) {
  const { track, path } = chosen;
  const time = bins.scale;
  const power = scale_for(most_power(track), 'W');
  const pointer = (...more) => `/serving/course/${[...path, ...more].join('/')}`;
  const columns = [
    { label: 'from', unit: time.unit, number },
    { label: 'to', unit: time.unit, number },
    ...['running', 'waiting', 'KV blocks'].flatMap((label) => [
      { label, unit: 'mean', number },
      { label, unit: 'most', number },
    ]),
    { label: 'steps', number },
    { label: 'tokens of a step', unit: 'mean', number },
    { label: 'tokens of a step', unit: 'most', number },
    { label: 'tokens', number },
    { label: 'of prompts', number },
    { label: 'power, mean', unit: power.unit, number },
    ...(track.peak_power_W ? [{ label: 'peak', unit: power.unit, number }] : []),
  ];
  const plain = { factor: 1, unit: '' };
  const rows = track.tokens.map((_, bin) => {
    const cell = (values, scale, ...where) => scaled({ value: values[bin], pointer: pointer(...where, bin) }, scale);
    return [
      scaled({ value: bins.from_s(bin) }, time).text,
      scaled({ value: bins.to_s(bin) }, time),
      ...['running', 'waiting', 'kv_blocks'].flatMap((key) => [
        cell(track[key].mean, plain, key, 'mean'),
        cell(track[key].most, plain, key, 'most'),
      ]),
      cell(track.steps, plain, 'steps'),
      cell(track.mean_step_tokens, plain, 'mean_step_tokens'),
      cell(track.most_step_tokens, plain, 'most_step_tokens'),
      cell(track.tokens, plain, 'tokens'),
      cell(track.prompt_tokens, plain, 'prompt_tokens'),
      cell(track.power_W, power, 'power_W'),
      ...(track.peak_power_W ? [cell(track.peak_power_W, power, 'peak_power_W')] : []),
    ];
  });
  return table(`Over time: ${chosen.name}`, columns, rows, { class: 'course' });
}

export function course_chart(result, level) {
  const { course } = result.serving;
  if (!course || course.all.tokens.length === 0) return null;
  const list = choices(result);
  const bins = new Bins(course.edges_s ?? equal_edges(course, course.all.tokens.length));
  return figure_of_one(list, 'instance', {
    level,
    title: 'Requests, cache, steps and power',
    kind: 'Line chart',
    note:
      `Lines are means over ${bins.count} parts` +
      (course.edges_s ? ', which begin and end where steps do' : ` of ${quantity(course.bin_s, 's')}`) +
      '; what is shaded goes from the least to the most in each' +
      (course.all.peak_power_W ? ', of power from the mean to the most.' : '.') +
      (list.length > 1 ? ' Power of an instance is without what its devices draw always.' : ''),
    height: (context) => legend(shown_names, context).height + 8 + 5 * grid_height + 4 * gap + 50,
    option: (context, chosen) => option(context, chosen, bins),
    big: true,
    table: (chosen) => bin_table(chosen, bins),
  });
}
