// Parts of a run, and charts of numbers that are one for each.
import { axis } from './chart.js';
import { scale_for, short } from './format.js';

/** Edges of parts of equal length, the last one cut short by `end_s`. */
export function equal_edges({ start_s = 0, bin_s, end_s }, count) {
  return [...Array.from({ length: count }, (_, bin) => start_s + bin * bin_s), end_s];
}

export class Bins {
  /** `edges_s`: where parts begin, and the end of the last; shown are times after `origin_s`. */
  constructor(edges_s, origin_s = 0) {
    this.edges_s = edges_s;
    this.origin_s = origin_s;
    this.count = edges_s.length - 1;
    this.scale = scale_for([edges_s[this.count] - origin_s], 's');
  }

  from_s(bin) {
    return this.edges_s[bin];
  }

  to_s(bin) {
    return this.edges_s[bin + 1];
  }

  span_s(bin) {
    return this.to_s(bin) - this.from_s(bin);
  }

  shown(time_s) {
    return (time_s - this.origin_s) / this.scale.factor;
  }

  /** "1.5 to 2 ms" */
  text(bin) {
    return `${short(this.shown(this.from_s(bin)))} to ${short(this.shown(this.to_s(bin)))} ${this.scale.unit}`;
  }

  /** The one that a tooltip's points lie in. */
  under(points) {
    const shown = points[0].axisValue;
    let bin = 0;
    while (bin + 1 < this.count && this.shown(this.to_s(bin)) <= shown * (1 + 1e-9)) bin += 1;
    return bin;
  }

  /** Values as a line of stairs; null leaves a gap. None where there are no values. */
  line(grid, values, more) {
    const points = values.map((value, bin) => [this.shown(this.from_s(bin)), value]);
    if (values.length > 0) points.push([this.shown(this.to_s(this.count - 1)), values[values.length - 1]]);
    return {
      type: 'line',
      xAxisIndex: grid,
      yAxisIndex: grid,
      step: 'end',
      showSymbol: false,
      symbol: 'none',
      data: points,
      ...more,
    };
  }

  /** What lies between the least and the most in each, as one shape: shapes side by side would show their edges. */
  band(grid, least, most, colour) {
    const corner = (values) => (bin) => [
      [this.shown(this.from_s(bin)), values[bin]],
      [this.shown(this.to_s(bin)), values[bin]],
    ];
    const order = least.map((_, bin) => bin);
    const outline = [...order.flatMap(corner(most)), ...order.reverse().flatMap((bin) => corner(least)(bin).reverse())];
    return {
      type: 'custom',
      silent: true,
      xAxisIndex: grid,
      yAxisIndex: grid,
      data: [[0, 0]],
      tooltip: { show: false },
      renderItem: (params, api) => ({
        type: 'polygon',
        shape: { points: outline.map((point) => api.coord(point)) },
        style: { fill: colour, opacity: 0.22 },
      }),
      clip: true,
      z: 1,
    };
  }

  /** The axis of time; of grids upon each other only the lowest one's has numbers. */
  axis(context, grid, is_lowest, more) {
    return axis(context, {
      type: 'value',
      gridIndex: grid,
      min: this.shown(this.from_s(0)),
      max: this.shown(this.to_s(this.count - 1)),
      splitNumber: context.narrow ? 3 : 6,
      ...(is_lowest
        ? {
            name: `time in ${this.scale.unit}`,
            nameLocation: 'middle',
            nameGap: 28,
            axisLabel: { showMaxLabel: false, formatter: (value) => short(value) },
          }
        : { axisLabel: { show: false } }),
      ...more,
    });
  }
}

export function grid_box(top, height, left = 76) {
  return { left, right: 22, top, height, outerBoundsMode: 'none' };
}

/** The upright axis of such a grid. */
export function value_axis(context, grid, name, more) {
  return axis(context, {
    type: 'value',
    gridIndex: grid,
    min: 0,
    name,
    nameLocation: 'middle',
    nameGap: 54,
    axisLabel: { formatter: (value) => short(value) },
    ...more,
  });
}
