// Where texts may stand in a chart so that none covers another.
import { text_width } from './chart.js';

const space = 3; // px between texts

function overlap(one, other) {
  return (
    one.left < other.right + space &&
    other.left < one.right + space &&
    one.top < other.bottom + space &&
    other.top < one.bottom + space
  );
}

export class LabelPlaces {
  /** `area`: {left, top, right, bottom}, px, which no text leaves; `size`: of the font. */
  constructor(area, size) {
    this.area = area;
    this.size = size;
    this.height = Math.ceil(1.25 * size);
    this.texts = [];
    this.marks = [];
  }

  /** A box that texts keep off where they can. */
  add_mark({ x, y, radius }) {
    this.marks.push({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });
  }

  is_free(box, boxes) {
    const { area } = this;
    const inside = box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
    return inside && !boxes.some((other) => overlap(box, other));
  }

  /**
   * The text at the first of `corners` [{left, top, …}], functions of its width and height, where it is free; those that
   * no mark is in go first. Gives {text, left, top, …}, or null.
   */
  place(text, corners) {
    const width = Math.ceil(text_width(text, this.size));
    const boxes = corners.map((corner) => {
      const found = corner(width, this.height);
      return { ...found, text, right: found.left + width, bottom: found.top + this.height };
    });
    const box =
      boxes.find((one) => this.is_free(one, [...this.texts, ...this.marks])) ??
      boxes.find((one) => this.is_free(one, this.texts));
    if (!box) return null;
    this.texts.push(box);
    return box;
  }

  /** The same beside a point, or, with `far`, at the end of a line from it. */
  place_at({ x, y, radius }, text, far) {
    const off = radius + 4;
    const near = [
      (width, height) => ({ left: x + off, top: y - height / 2 }),
      (width, height) => ({ left: x - off - width, top: y - height / 2 }),
      (width, height) => ({ left: x - width / 2, top: y - off - height }),
      (width) => ({ left: x - width / 2, top: y + off }),
      (width, height) => ({ left: x + 0.7 * off, top: y - 0.7 * off - height }),
      (width) => ({ left: x + 0.7 * off, top: y + 0.7 * off }),
      (width, height) => ({ left: x - 0.7 * off - width, top: y - 0.7 * off - height }),
      (width) => ({ left: x - 0.7 * off - width, top: y + 0.7 * off }),
    ];
    const further = [];
    for (const distance of far ? [26, 44, 62] : []) {
      for (const [across, down] of [
        [1, 1],
        [1, -1],
        [-1, 1],
        [-1, -1],
        [0, 1],
        [0, -1],
      ]) {
        const end = { x: x + 0.6 * across * distance, y: y + down * distance };
        further.push((width, height) => ({
          left: across > 0 ? end.x + 3 : across < 0 ? end.x - 3 - width : end.x - width / 2,
          top: across !== 0 ? end.y - height / 2 : down > 0 ? end.y + 2 : end.y - 2 - height,
          line: [x, y, end.x, end.y],
        }));
      }
    }
    return this.place(text, [...near, ...further]);
  }
}

/** A series that shows what was placed: [{text, left, top, line, colour}]. */
export function label_series(labels, size, colours, at) {
  return {
    type: 'custom',
    name: 'labels',
    silent: true,
    z: 6,
    tooltip: { show: false },
    data: labels.map(() => at),
    renderItem: ({ dataIndex }) => {
      const { text, left, top, line, colour } = labels[dataIndex];
      const children = [
        { type: 'text', x: left, y: top, style: { text, fill: colour, fontSize: size, lineHeight: 1.25 * size } },
      ];
      if (line) {
        const [x1, y1, x2, y2] = line;
        children.unshift({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colours.quiet, lineWidth: 0.8 } });
      }
      return { type: 'group', children };
    },
  };
}
