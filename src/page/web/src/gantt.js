// What each stream does when. Drawn on a canvas: thousands of bars move at every step of a zoom.
import { graphic } from 'echarts/core';
import { axis, figure, legend, tip } from './chart.js';
import { h } from './dom.js';
import { nothing, quantity, scale_for, short, shortened } from './format.js';
import { count, scaled, table } from './table.js';
import { class_index, class_style } from './theme.js';

const bounds = ['compute', 'memory', 'overhead', 'transfer'];
const bar_text_width = 7;
const crowd = 300; // activities of a stream from which on short ones are drawn as thin as they are
const most_streams = 40;
const number = true;

function read(part) {
  return part.activities.map(
    ([stream, start_s, duration_s, label, which, step, flop, bytes, energy_J, bound], index) => ({
      index,
      stream,
      start_s,
      duration_s,
      label: part.labels[label],
      class: part.classes[which],
      step,
      flop,
      bytes,
      energy_J,
      bound: bounds[bound] ?? nothing,
      stream_name: part.streams[stream].name,
    }),
  );
}

function window_text({ window, phase }, chosen_by) {
  const amount = `${window.activities} ${window.activities === 1 ? 'activity' : 'activities'}`;
  if (window.whole) return `Shown is all of ${phase}: ${amount}.`;
  const who =
    chosen_by === 'user'
      ? 'It was chosen with --timeline-window.'
      : 'This page chose it by itself; --timeline-window chooses another.';
  const times = `${quantity(window.start_s, 's', 6)} to ${quantity(window.end_s, 's', 6)}`;
  return `Shown is a part of ${phase}: ${window.text} (${times}, ${amount}). ${who}`;
}

function activity_tip(activity) {
  const transfer = activity.bound === 'transfer';
  return tip(activity.label, [
    ['on', activity.stream_name],
    ['class', activity.class],
    activity.step >= 0 ? ['step', String(activity.step)] : null,
    ['start', quantity(activity.start_s, 's', 7)],
    ['duration', quantity(activity.duration_s, 's')],
    transfer ? null : ['flop', quantity(activity.flop, 'flop')],
    ['bytes', quantity(activity.bytes, 'B')],
    ['energy', quantity(activity.energy_J, 'J')],
    ['bound by', activity.bound],
  ]);
}

function activity_table(activities) {
  const time = scale_for(
    activities.map(({ duration_s }) => duration_s),
    's',
  );
  const energy = scale_for(
    activities.map(({ energy_J }) => energy_J),
    'J',
  );
  const one = { factor: 1 };
  const columns = [
    { label: 'activity' },
    { label: 'stream' },
    { label: 'class' },
    { label: 'step', number },
    { label: 'start', unit: 's', number },
    { label: 'duration', unit: time.unit, number },
    { label: 'flop', number },
    { label: 'bytes', number },
    { label: 'energy', unit: energy.unit, number },
    { label: 'bound by' },
  ];
  const rows = activities.map((activity) => [
    activity.label,
    activity.stream_name,
    activity.class,
    activity.step >= 0 ? count({ value: activity.step }) : nothing,
    scaled({ value: activity.start_s }, one, 9),
    scaled({ value: activity.duration_s }, time),
    scaled({ value: activity.flop }, one),
    scaled({ value: activity.bytes }, one),
    scaled({ value: activity.energy_J, is_stated: activity.energy_J !== null }, energy),
    activity.bound,
  ]);
  return table('Activities', columns, rows);
}

/** Bars, cut to the chart's area; `thinnest`: by stream, px. */
function render_with(activities, colours, style, time, origin, thinnest) {
  return (params, api) => {
    const activity = activities[params.dataIndex];
    const start = (activity.start_s - origin) / time.factor;
    const from = api.coord([start, activity.stream]);
    const to = api.coord([start + activity.duration_s / time.factor, activity.stream]);
    const area = params.coordSys;
    if (to[0] < area.x || from[0] > area.x + area.width) return null;
    const row = api.size([0, 1])[1];
    const height = Math.max(3, Math.min(24, 0.72 * row));
    const shape = graphic.clipRectByRect(
      { x: from[0], y: from[1] - height / 2, width: Math.max(to[0] - from[0], thinnest[activity.stream]), height },
      area,
    );
    if (!shape) return null;
    const wide = shape.width > 26 && height >= 11;
    const border = shape.width > 4 ? { stroke: colours.strong, lineWidth: 0.7 } : {};
    const bar = {
      type: 'rect',
      shape,
      style: { fill: style.color, decal: shape.width > 8 ? style.decal : undefined, ...border },
    };
    if (!wide) return bar;
    return {
      ...bar,
      textContent: {
        type: 'text',
        style: {
          text: shortened(activity.label, Math.max(2, Math.floor((shape.width - 6) / bar_text_width))),
          fontSize: 11.5,
          fill: colours.text,
          backgroundColor: colours.page,
          padding: [1, 3],
          borderRadius: 2,
        },
      },
      textConfig: { position: 'inside' },
    };
  };
}

function zoom_controls(view) {
  const shift = (share) => () => view.move(share);
  const buttons = [
    ['Earlier', '◀', shift(-0.25)],
    ['Later', '▶', shift(0.25)],
    ['Zoom in', '+', () => view.zoom(0.5)],
    ['Zoom out', '−', () => view.zoom(2)],
    ['Whole window', '⤢', () => view.whole()],
  ];
  return h(
    'p',
    { class: 'controls' },
    h(
      'span',
      { class: 'buttons', role: 'group', 'aria-label': 'Zoom' },
      buttons.map(([label, sign, act]) => {
        const button = h('button', { type: 'button', 'aria-label': label, title: label }, sign);
        button.addEventListener('click', act);
        return button;
      }),
    ),
    h(
      'span',
      { class: 'note' },
      'Drag to move, Ctrl and wheel to zoom; or the slider, these buttons, arrow keys, + and −.',
    ),
  );
}

/** Which part of the time axis is shown, in per cent. */
class View {
  constructor(chart) {
    this.chart = chart;
  }

  range() {
    const { start, end } = this.chart().getOption().dataZoom[0];
    return { start, end };
  }

  show(start, end) {
    const length = Math.min(100, Math.max(0.001, end - start));
    const from = Math.min(Math.max(0, start), 100 - length);
    this.chart().dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, start: from, end: from + length });
  }

  move(share) {
    const { start, end } = this.range();
    this.show(start + share * (end - start), end + share * (end - start));
  }

  zoom(factor) {
    const { start, end } = this.range();
    const middle = (start + end) / 2;
    this.show(middle - (factor * (end - start)) / 2, middle + (factor * (end - start)) / 2);
  }

  whole() {
    this.show(0, 100);
  }
}

function add_keys(plot, view) {
  const acts = {
    ArrowLeft: () => view.move(-0.1),
    ArrowRight: () => view.move(0.1),
    '+': () => view.zoom(0.5),
    '=': () => view.zoom(0.5),
    '-': () => view.zoom(2),
    0: () => view.whole(),
    Home: () => view.whole(),
  };
  plot.tabIndex = 0;
  plot.addEventListener('keydown', (event) => {
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

/** `part`: the activities of a phase; `chosen_by`: "page" or "user". */
export function gantt_chart(part, chosen_by, level) {
  const activities = read(part);
  const { window, streams } = part;
  const last = activities.reduce((end, { start_s, duration_s }) => Math.max(end, start_s + duration_s), window.end_s);
  const span = last - window.start_s;
  const time = scale_for([span], 's');
  const origin = window.start_s;
  const classes = [...new Set(activities.map((activity) => activity.class))].sort(
    (a, b) => class_index(a) - class_index(b),
  );
  const counts = streams.map(() => 0);
  for (const { stream } of activities) counts[stream] += 1;
  const thinnest = counts.map((amount) => (amount > crowd ? 0.1 : 1));
  const shown = Math.min(streams.length, most_streams);
  const row = streams.length > 12 ? 18 : 28;
  const names = streams.map(({ name }) => name);
  let figure_of_it = null;
  const view = new View(() => figure_of_it.chart());
  figure_of_it = figure({
    level,
    title: `What runs when: ${part.phase}`,
    kind: 'Gantt chart',
    note: window_text(part, chosen_by),
    renderer: 'canvas',
    big: true,
    controls: zoom_controls(view),
    height: (context) => legend(classes, context).height + shown * row + 104,
    option: (context) => {
      const { colours } = context;
      const top = legend(classes, context);
      const labels = Math.min(context.narrow ? 112 : 200, 4 + 7.4 * Math.max(...names.map((name) => name.length)));
      const many = shown < streams.length;
      const zoom = { xAxisIndex: 0, filterMode: 'none', minSpan: 0.001 };
      const slider = {
        backgroundColor: 'transparent',
        borderColor: colours.line,
        fillerColor: colours.window,
        textStyle: { color: colours.quiet },
        brushSelect: false,
        handleStyle: { color: colours.page, borderColor: colours.strong },
      };
      return {
        legend: top.option,
        grid: { left: labels + 12, right: many ? 44 : 22, top: top.height, bottom: 96, outerBoundsMode: 'none' },
        xAxis: axis(context, {
          type: 'value',
          min: 0,
          max: span / time.factor,
          nameLocation: 'middle',
          nameGap: 28,
          name: origin > 0 ? `${time.unit} after ${quantity(origin, 's', 7)}` : `time in ${time.unit}`,
          splitNumber: context.narrow ? 3 : 8,
          axisLabel: { formatter: (value) => short(value, 6), showMaxLabel: false },
        }),
        yAxis: axis(context, {
          type: 'category',
          inverse: true,
          data: names,
          axisTick: { show: false },
          splitLine: { show: true, lineStyle: { color: colours.grid } },
          axisLabel: {
            color: colours.text,
            interval: 0,
            formatter: (name) => shortened(name, Math.floor(labels / 7.4)),
          },
        }),
        dataZoom: [
          {
            type: 'inside',
            ...zoom,
            zoomOnMouseWheel: 'ctrl',
            moveOnMouseWheel: false,
            preventDefaultMouseMove: false,
          },
          {
            type: 'slider',
            ...zoom,
            ...slider,
            height: 26,
            bottom: 12,
            showDetail: false,
            showDataShadow: false,
            left: labels + 12,
            right: many ? 44 : 22,
          },
          ...(many
            ? [
                {
                  type: 'slider',
                  yAxisIndex: 0,
                  right: 2,
                  width: 18,
                  startValue: 0,
                  endValue: shown - 1,
                  showDetail: false,
                  zoomLock: true,
                  ...slider,
                },
              ]
            : []),
        ],
        tooltip: { trigger: 'item', formatter: ({ data }) => activity_tip(activities[data.value[2]]) },
        series: classes.map((name) => {
          const own = activities.filter((activity) => activity.class === name);
          const style = class_style(name, colours);
          return {
            type: 'custom',
            name,
            itemStyle: style,
            renderItem: render_with(own, colours, style, time, origin, thinnest),
            encode: { x: 0, y: 1 },
            progressive: 0,
            clip: true,
            data: own.map((activity) => ({
              value: [(activity.start_s - origin) / time.factor, activity.stream, activity.index],
            })),
          };
        }),
      };
    },
    table: () => activity_table(activities),
  });
  add_keys(figure_of_it.plot, view);
  return figure_of_it.element;
}
