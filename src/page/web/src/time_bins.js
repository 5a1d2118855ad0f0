// Equal parts of a run, and charts of numbers that are one for each.
import { axis } from './chart.js';
import { scale_for, short } from './format.js';

export class Bins {
  /** The last one may be cut short by `end_s`. */
  constructor({ start_s = 0, bin_s, end_s }, count) {
    this.start_s = start_s;
    this.bin_s = bin_s;
    this.end_s = end_s;
    this.count = count;
    this.scale = scale_for([end_s], 's');
  }

  from_s(bin) {
    return this.start_s + bin * this.bin_s;
  }

  to_s(bin) {
    return Math.min(this.end_s, this.from_s(bin + 1));
  }

  span_s(bin) {
    return this.to_s(bin) - this.from_s(bin);
  }

  shown(time_s) {
    return time_s / this.scale.factor;
  }

  /** "1.5 to 2 ms" */
  text(bin) {
    return `${short(this.shown(this.from_s(bin)))} to ${short(this.shown(this.to_s(bin)))} ${this.scale.unit}`;
  }

  /** The one that a tooltip's points lie in. */
  under(points) {
    const time_s = points[0].axisValue * this.scale.factor;
    const bin = Math.floor((time_s - this.start_s) / this.bin_s + 1e-6);
    return Math.min(this.count - 1, Math.max(0, bin));
  }

  /** Values as a line of stairs; null leaves a gap. None where there are no values. */
  line(grid, values, more) {
    const points = values.map((value, bin) => [this.shown(this.from_s(bin)), value]);
    if (values.length > 0) points.push([this.shown(this.end_s), values[values.length - 1]]);
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

  /** The axis of time; of grids upon each other only the lowest one's has numbers. */
  axis(context, grid, is_lowest) {
    return axis(context, {
      type: 'value',
      gridIndex: grid,
      min: this.shown(this.start_s),
      max: this.shown(this.end_s),
      splitNumber: context.narrow ? 3 : 6,
      ...(is_lowest
        ? {
            name: `time in ${this.scale.unit}`,
            nameLocation: 'middle',
            nameGap: 28,
            axisLabel: { showMaxLabel: false, formatter: (value) => short(value) },
          }
        : { axisLabel: { show: false } }),
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
