// Charts as files that stand by themselves: SVG, and PNG of twice the size.
import * as echarts from 'echarts/core';
import { h } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const png_scale = 2;
const title_height = 34;

/** "time-by-layer" of "Time by layer" */
function file_stem(title) {
  const stem = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return stem.replace(/^-+|-+$/g, '').slice(0, 80) || 'chart';
}

function svg_element(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A text that is cut where it would be wider than `width`. */
function fitted(text, pen, width) {
  const characters = Array.from(text);
  while (characters.length > 1 && pen.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return characters.length < Array.from(text).length ? `${characters.join('')}…` : text;
}

/**
 * The drawing of an option as a document: with its title above it, on the colour of the page, and with fonts and
 * colours written into its elements. Gives {text, width, height}.
 */
function svg_of({ title, option, width, height, colours, font, pen }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const drawing = new DOMParser().parseFromString(chart.renderToSVGString(), 'image/svg+xml').documentElement;
  chart.dispose();
  const size = { width, height: height + title_height };
  const root = svg_element('svg', { ...size, viewBox: `0 0 ${size.width} ${size.height}`, 'font-family': font });
  pen.font = `600 16px ${font}`;
  root.append(
    svg_element('title', {}, title),
    svg_element('rect', { ...size, fill: colours.page }),
    svg_element(
      'text',
      { x: 12, y: 22, fill: colours.text, 'font-size': 16, 'font-weight': 600 },
      fitted(title, pen, width - 24),
    ),
  );
  drawing.setAttribute('y', String(title_height));
  drawing.setAttribute('width', String(width));
  drawing.setAttribute('height', String(height));
  root.append(document.importNode(drawing, true));
  return { ...size, text: new XMLSerializer().serializeToString(root) };
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function png_of({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h('canvas', { width: png_scale * width, height: png_scale * height });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

/** Two buttons; picture() gives what svg_of() takes, or null before the chart is drawn. */
export function export_buttons(title, picture) {
  const button = (kind, act) => {
    const one = h('button', { type: 'button', title: `Save “${title}” as ${kind}`, 'aria-label': `${title} as ${kind}` }, kind);
    one.addEventListener('click', () => {
      const drawn = picture();
      if (drawn) act(svg_of({ ...drawn, title }));
    });
    return one;
  };
  return h(
    'span',
    { class: 'exports', role: 'group', 'aria-label': `Save “${title}”` },
    button('SVG', (svg) => save(new Blob([svg.text], { type: 'image/svg+xml' }), `${file_stem(title)}.svg`)),
    button('PNG', (svg) => png_of(svg).then((blob) => save(blob, `${file_stem(title)}.png`))),
  );
}
