// Colours of charts. Every one has a contrast of 3:1 to the page, and none carries a meaning alone: series differ in
// pattern or symbol, too.

const light = {
  dark: false,
  text: '#1d2530',
  quiet: '#59636f',
  line: '#d9dee5',
  grid: '#e8ecf1',
  page: '#ffffff',
  strong: '#3b4552',
  pattern: 'rgba(255,255,255,0.55)',
  window: 'rgba(31,90,158,0.10)',
  phases: { prefill: '#1f4e8c', decode: '#c8701a' },
  points: { linear: '#0072b2', attention: '#a66f00', other: '#6b6b6b' },
  hues: ['#1f5fa8', '#c2601a', '#2b7f55', '#7d52a5', '#b23a5b', '#127d88', '#8a6a00', '#66707c'],
};
const dark = {
  dark: true,
  text: '#e7eaee',
  quiet: '#a7b0bb',
  line: '#3a424d',
  grid: '#2a313a',
  page: '#14181d',
  strong: '#c3cad3',
  pattern: 'rgba(10,14,18,0.55)',
  window: 'rgba(120,170,230,0.16)',
  phases: { prefill: '#7db2ee', decode: '#f0a35c' },
  points: { linear: '#4aa5dc', attention: '#e69f00', other: '#a8a8a8' },
  hues: ['#6ba8ea', '#ee9455', '#5cc191', '#b894df', '#ea7f9c', '#48bccb', '#d2b04a', '#a3adb9'],
};

const query = window.matchMedia('(prefers-color-scheme: dark)');
const print = window.matchMedia('print');

export function theme() {
  return query.matches && !print.matches ? dark : light;
}

export function on_theme_change(act) {
  query.addEventListener('change', act);
  print.addEventListener('change', act);
}

/** Those of all pictures (src/timeline/operator_colour.cpp). Some are light: bars have an outline. */
const class_colours = {
  linear: '#0072b2',
  attention: '#e69f00',
  normalization: '#009e73',
  activation: '#cc79a7',
  embedding: '#56b4e9',
  convolution: '#f0e442',
  other: '#7f7f7f',
  transfer: '#d55e00',
};
const classes = Object.keys(class_colours);

/** Index of an operator class among the hues and patterns; those not known are as "other". */
export function class_index(name) {
  const index = classes.indexOf(name);
  return index < 0 ? classes.indexOf('other') : index;
}

const stripes = (rotation, dash_x, dash_y, size = 1) => ({
  symbol: 'rect',
  symbolSize: size,
  rotation,
  dashArrayX: dash_x,
  dashArrayY: dash_y,
});
const patterns = [
  { symbol: 'none' },
  stripes(-Math.PI / 4, [1, 0], [2, 5]),
  {
    symbol: 'circle',
    symbolSize: 0.7,
    dashArrayX: [
      [7, 7],
      [0, 7, 7, 0],
    ],
    dashArrayY: [7, 0],
  },
  stripes(0, [1, 0], [2, 5]),
  stripes(Math.PI / 4, [1, 0], [2, 5]),
  stripes(Math.PI / 2, [1, 0], [2, 5]),
  {
    symbol: 'diamond',
    symbolSize: 0.8,
    dashArrayX: [
      [9, 9],
      [0, 9, 9, 0],
    ],
    dashArrayY: [9, 0],
  },
  stripes(-Math.PI / 4, [1, 0], [1, 2]),
];

/** What tells bars apart where colours do not. */
export function pattern(index, colours) {
  return { color: colours.pattern, ...patterns[index % patterns.length] };
}

/** The style of series number `index`. */
export function hue(index, colours) {
  return { color: colours.hues[index % colours.hues.length], decal: pattern(index, colours) };
}

/** The style of an operator class. */
export function class_style(name, colours) {
  const index = class_index(name);
  return { color: class_colours[classes[index]], decal: pattern(index, colours) };
}

export function phase_style(phase, colours) {
  return { color: colours.phases[phase], decal: pattern(phase === 'prefill' ? 0 : 1, colours) };
}
