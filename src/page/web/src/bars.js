// Horizontal bars: categories from the top down, series beside or upon each other.
import { axis, legend, text_width, tip } from './chart.js';
import { quantity, shortened } from './format.js';

const label_size = 12.5; // px, as axis() has it

/** As much as all of them take, up to what leaves the bars room. */
function label_width(categories, context) {
  const longest = Math.max(...categories.map((name) => text_width(name, label_size)), 20);
  return Math.min(context.narrow ? 130 : 200, Math.ceil(longest) + 4);
}

/** The name, or as much of it as `width` px hold. */
function fitted(name, width) {
  let text = name;
  for (let length = Array.from(name).length - 1; length > 2 && text_width(text, label_size) > width; --length)
    text = shortened(name, length);
  return text;
}

/**
 * chart: categories, series [{name, values (in the unit below), style, stack}], axis_name, unit (of the values, whose
 * scale divides them), scale, row (px), max (of the scaled axis), tick (format of a tick), extra (further series),
 * details(category index): lines for the tooltip in place of the values.
 */
export function bars(chart) {
  const row = chart.row ?? 30;
  const names = chart.legend ?? chart.series.map(({ name }) => name);
  const shown = Math.min(chart.categories.length, chart.most ?? Infinity);
  const has_legend = names.length > 1;
  const above = (context) => (has_legend ? legend(names, context).height : 8);
  const tick = chart.tick ?? ((value) => String(Number(value.toPrecision(6))));
  return {
    height: (context) => above(context) + shown * row + 56,
    option: (context) => {
      const { colours } = context;
      const labels = label_width(chart.categories, context);
      const zoomed = shown < chart.categories.length;
      return {
        legend: has_legend ? legend(names, context).option : { show: false },
        grid: { left: labels + 12, right: zoomed ? 44 : 22, top: above(context), bottom: 46, outerBoundsMode: 'none' },
        xAxis: axis(context, {
          type: 'value',
          min: 0,
          max: chart.max ?? null,
          name: chart.axis_name,
          nameLocation: 'middle',
          nameGap: 28,
          splitNumber: context.narrow ? 3 : 6,
          ...(chart.max === 100 ? { interval: context.narrow ? 25 : 20 } : {}),
          axisLabel: { formatter: tick },
        }),
        yAxis: axis(context, {
          type: 'category',
          inverse: true,
          data: chart.categories,
          axisTick: { show: false },
          axisLabel: {
            color: colours.text,
            width: labels,
            overflow: 'truncate',
            interval: 0,
            formatter: (name) => fitted(name, labels),
          },
        }),
        dataZoom: zoomed
          ? [
              {
                type: 'slider',
                yAxisIndex: 0,
                right: 2,
                width: 18,
                startValue: 0,
                endValue: shown - 1,
                showDetail: false,
                brushSelect: false,
                zoomLock: true,
              },
            ]
          : [],
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: 'shadow' },
          formatter: (points) => {
            const index = points[0].dataIndex;
            return tip(
              chart.titles?.[index] ?? chart.categories[index],
              chart.details
                ? chart.details(index)
                : chart.series.map(({ name, values }) => [name, quantity(values[index], chart.unit)]),
            );
          },
        },
        series: [
          ...chart.series.map(({ name, values, style, stack }) => ({
            type: 'bar',
            name,
            stack,
            barMaxWidth: 20,
            barMinWidth: 1,
            barCategoryGap: '28%',
            barGap: '12%',
            data: values.map((value) => (value ?? 0) / chart.scale.factor),
            itemStyle: { ...style(colours), borderColor: colours.page, borderWidth: stack ? 0.5 : 0 },
          })),
          ...(chart.extra ? chart.extra(context) : []),
        ],
      };
    },
  };
}
