// A figure: heading, chart, and the same numbers as a table.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { h, heading, new_id } from './dom.js';
import { export_buttons } from './export.js';
import { shortened } from './format.js';
import { on_theme_change, theme } from './theme.js';

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  CustomChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  SVGRenderer,
  ScatterChart,
  TitleComponent,
  TooltipComponent,
]);

// In single quotes: ECharts writes it into attributes as it is.
const font =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', sans-serif";
const charts = [];

const pen = document.createElement('canvas').getContext('2d');

/** How wide a text is, in px. */
export function text_width(text, size) {
  pen.font = `${size}px ${font}`;
  return pen.measureText(text).width;
}
const legend_icon = 22;
const legend_gap = 14;

/** A legend, and the height that its lines take. */
export function legend(names, context) {
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const width = legend_icon + 5 + text_width(name, 13);
    if (used > 0 && used + width > context.width - 14) {
      lines += 1;
      used = 0;
    }
    used += width + legend_gap;
  }
  return {
    height: 27 * lines + 6,
    option: {
      data: names,
      top: 0,
      left: 0,
      itemGap: legend_gap,
      itemWidth: legend_icon,
      itemHeight: 13,
      itemStyle: { borderWidth: 0 },
      textStyle: { color: context.colours.text, fontSize: 13 },
    },
  };
}

/** Options that all axes share. */
export function axis(context, more) {
  const { colours } = context;
  return {
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { lineStyle: { color: colours.line } },
    splitLine: { lineStyle: { color: colours.grid } },
    nameMoveOverlap: false,
    nameTextStyle: { color: colours.quiet, fontSize: 12.5 },
    ...more,
    axisLabel: { color: colours.quiet, fontSize: 12.5, hideOverlap: true, ...more.axisLabel },
  };
}

/** A tooltip as an element: lines of a text each, or of a name and a value. */
export function tip(title, lines) {
  return h(
    'div',
    { class: 'tip' },
    h('strong', null, title),
    h(
      'dl',
      null,
      lines
        .filter(Boolean)
        .map(([name, value]) => [h('dt', null, name), h('dd', null, value)])
        .flat(),
    ),
  );
}

function context_of(width) {
  return { width, narrow: width < 560, colours: theme() };
}

function option_of(entry, context) {
  const option = entry.option(context);
  return {
    animation: false,
    textStyle: { fontFamily: font, color: context.colours.text },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    ...option,
    tooltip: {
      confine: true,
      backgroundColor: context.colours.page,
      borderColor: context.colours.line,
      padding: [8, 10],
      textStyle: { color: context.colours.text, fontSize: 13, fontFamily: font },
      ...option.tooltip,
    },
  };
}

function draw(entry) {
  const width = entry.plot.clientWidth;
  if (width === 0) return;
  const context = context_of(width);
  const height = entry.height(context);
  entry.plot.style.height = `${height}px`;
  if (!entry.chart) entry.chart = echarts.init(entry.plot, null, { renderer: entry.renderer, width, height });
  else entry.chart.resize({ width, height });
  entry.chart.setOption(option_of(entry, context), { notMerge: true });
  entry.width = width;
}

/** The chart as it is shown, for a file: without what only a mouse can use. */
function picture_of(entry) {
  if (!entry.chart) return null;
  const context = context_of(entry.width);
  const option = option_of(entry, context);
  const shown = entry.chart.getOption().dataZoom ?? [];
  const zoom = (one, index) => ({ ...one, show: false, start: shown[index]?.start, end: shown[index]?.end });
  return {
    option: { ...option, tooltip: { show: false }, dataZoom: (option.dataZoom ?? []).map(zoom) },
    width: entry.width,
    height: entry.height(context),
    colours: context.colours,
    font,
    pen,
  };
}

const resizes = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    const entry = charts.find(({ plot }) => plot === target);
    if (entry && entry.width !== target.clientWidth) draw(entry);
  }
});

/** Ends the figures inside an element whose content is about to go. */
export function forget_figures(element) {
  for (let index = charts.length - 1; index >= 0; index -= 1) {
    const { plot, chart } = charts[index];
    if (!element.contains(plot)) continue;
    resizes.unobserve(plot);
    chart?.dispose();
    charts.splice(index, 1);
  }
}

function redraw_all() {
  charts.forEach(draw);
}
on_theme_change(redraw_all);

/** A <details> whose content is made when it is first opened. */
export function later(summary, make) {
  const details = h('details', { class: 'numbers' }, h('summary', null, summary));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(make());
  });
  return details;
}

/**
 * spec: level, title, note (text), kind ("Bar chart"), height(context) in px, option(context), table() an element,
 * controls (an element above the chart), renderer ("svg"), big (a table that is made when opened). Gives
 * {element, plot, redraw, chart()}.
 */
export function figure(spec) {
  const id = new_id('chart');
  const plot = h('div', {
    class: 'plot',
    id,
    role: 'img',
    'aria-label': `${spec.kind}: ${spec.title}. Its numbers are in the table that follows.`,
  });
  const numbers = spec.big
    ? later('Numbers', spec.table)
    : h('details', { class: 'numbers' }, h('summary', null, 'Numbers'), spec.table());
  const entry = { plot, renderer: spec.renderer ?? 'svg', height: spec.height, option: spec.option };
  const element = h(
    'figure',
    { class: 'chart' },
    h('figcaption', null, heading(spec.level, spec.title), spec.note ? h('p', { class: 'note' }, spec.note) : null),
    spec.controls,
    plot,
    h('div', { class: 'below' }, numbers, export_buttons(spec.title, () => picture_of(entry))),
  );
  charts.push(entry);
  resizes.observe(plot);
  return { element, plot, redraw: () => draw(entry), chart: () => entry.chart };
}

/**
 * A figure of one of `choices` [{name}], with a list above it to choose from where there are several. As figure(), but
 * that option(context, chosen) and table(chosen) are of the one that is chosen; `word` begins the list's id.
 */
export function figure_of_one(choices, word, spec) {
  let chosen = choices[0];
  const numbers = h('div');
  let is_made = false;
  const fill = () => numbers.replaceChildren(spec.table(chosen));
  const select = h(
    'select',
    { id: new_id(word) },
    choices.map(({ name }, index) => h('option', { value: index }, shortened(name, 72))),
  );
  const drawn = figure({
    ...spec,
    controls:
      choices.length > 1 ? h('p', { class: 'controls' }, h('label', { for: select.id }, 'Show '), select) : null,
    option: (context) => spec.option(context, chosen),
    table: () => {
      is_made = true;
      fill();
      return numbers;
    },
  });
  select.addEventListener('change', () => {
    chosen = choices[Number(select.value)];
    if (is_made) fill();
    drawn.redraw();
  });
  return drawn.element;
}
