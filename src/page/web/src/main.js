// The page: reads its data, and makes a section of each thing that they tell.
import { comparison_section } from './compare.js';
import { link_table, memory_chart, utilisation_chart } from './devices.js';
import { h, harmless, heading } from './dom.js';
import { letter } from './format.js';
import { gantt_chart, window_text } from './gantt.js';
import { over_time_chart } from './over_time.js';
import { busy_chart, energy_chart, layer_chart } from './phase_charts.js';
import { roofline_chart } from './roofline.js';
import { compared_served_page, is_served, served_page } from './served.js';
import { facts, summary_section } from './summary.js';

function part(level, title, ...children) {
  const content = children.flat().filter(Boolean);
  return content.length > 0 ? h('section', null, heading(level, title), content) : null;
}

function timeline_part(timeline, level) {
  if (timeline === undefined) return null; // only the first of several can have one
  if (timeline === null) {
    return part(
      level,
      'Timeline',
      h('p', null, 'This page has no timeline: it was made from saved results. “upmem-des run … --html” draws one.'),
    );
  }
  const bars = gantt_chart(timeline, level + 1);
  return part(level, 'Timeline', over_time_chart(timeline, level + 1), bars ?? h('p', null, window_text(timeline)));
}

/** Everything about one result, under headings of `level`. */
function result_parts(result, timeline, level) {
  return [
    summary_section(result, level, [energy_chart(result, level + 1), busy_chart(result, level + 1)]),
    part(level, 'Layers and operators', layer_chart(result, level + 1), roofline_chart([{ result }], level + 1)),
    part(level, 'Devices', utilisation_chart(result, level + 1), memory_chart(result, level + 1)),
    part(level, 'Links', link_table(result)),
    timeline_part(timeline, level),
  ].filter(Boolean);
}

function single_page({ label, result }, timeline) {
  return [
    h(
      'header',
      null,
      heading(1, label),
      h(
        'p',
        { class: 'lead' },
        `Simulated: ${result.events} events in ${result.forward_passes} forward ${result.forward_passes === 1 ? 'pass' : 'passes'}`,
      ),
      facts(result),
    ),
    h('main', { id: 'content', 'data-result': 0 }, result_parts(result, timeline, 2)),
  ];
}

function compared_page(results, timeline) {
  const links = [
    ['#comparison', 'Side by side'],
    ...results.map(({ label }, index) => [`#result-${index}`, `${letter(index)}: ${label}`]),
  ];
  return [
    h(
      'header',
      null,
      heading(1, `${results.length} results compared`),
      h(
        'nav',
        { 'aria-label': 'Contents' },
        h(
          'ul',
          null,
          links.map(([target, text]) => h('li', null, h('a', { href: target }, text))),
        ),
      ),
    ),
    h(
      'main',
      { id: 'content' },
      comparison_section(results),
      results.map(({ label, result }, index) =>
        h(
          'article',
          { id: `result-${index}`, 'data-result': index },
          heading(2, `${letter(index)}: ${label}`),
          facts(result),
          result_parts(result, index === 0 ? timeline : undefined, 3),
        ),
      ),
    ),
  ];
}

const data = JSON.parse(document.getElementById('page-data').textContent, (key, value) =>
  typeof value === 'string' ? harmless(value) : value,
);
document.getElementById('made-by').textContent = `Made by ${data.program}.`;

function whole_page({ results, timeline }) {
  if (is_served(results[0])) return results.length > 1 ? compared_served_page(results) : served_page(results[0]);
  return results.length > 1 ? compared_page(results, timeline) : single_page(results[0], timeline);
}
document.getElementById('page').replaceChildren(...whole_page(data));
