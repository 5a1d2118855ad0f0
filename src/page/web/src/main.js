// The page: reads its data, and makes a section of each thing that they tell.
import { facts } from './about.js';
import { comparison_section } from './compare.js';
import { cost_section } from './cost.js';
import { link_table, memory_chart, utilisation_chart } from './devices.js';
import { h, harmless } from './dom.js';
import { compared_page, part, single_page } from './frame.js';
import { gantt_chart } from './gantt.js';
import { over_time_chart } from './over_time.js';
import { busy_chart, energy_chart, layer_chart } from './phase_charts.js';
import { roofline_chart } from './roofline.js';
import { is_served, served_page } from './served.js';
import { summary_section } from './summary.js';
import { time_use_charts } from './time_use.js';

function timeline_part(result, timeline, level) {
  if (timeline === undefined) return null; // only the first of several can have one
  if (timeline === null) {
    return part(
      level,
      'Timeline',
      h('p', null, 'This page has no timeline: it was made from saved results. “upmem-des run … --html” draws one.'),
    );
  }
  const shown = timeline.parts.map((one) => gantt_chart(one, timeline.chosen_by, level + 1));
  const none = h('p', null, 'No activity is in the window that was chosen with --timeline-window.');
  return part(level, 'Timeline', over_time_chart(result, timeline, level + 1), shown.length > 0 ? shown : none);
}

/** Everything about one result, under headings of `level`. */
function result_parts(result, timeline, level) {
  return [
    summary_section(result, level, [energy_chart(result, level + 1), busy_chart(result, level + 1)]),
    cost_section(result, level),
    part(level, 'Layers and operators', layer_chart(result, level + 1), roofline_chart([{ result }], level + 1)),
    part(
      level,
      'Devices',
      time_use_charts(result, level + 1),
      utilisation_chart(result, level + 1),
      memory_chart(result, level + 1),
    ),
    part(level, 'Links', link_table(result)),
    timeline_part(result, timeline, level),
  ].filter(Boolean);
}

function lead({ events, forward_passes }) {
  const passes = `${forward_passes} forward ${forward_passes === 1 ? 'pass' : 'passes'}`;
  return h('p', { class: 'lead' }, `Simulated: ${events} events in ${passes}`);
}

function fixed_page(results, timeline) {
  if (results.length === 1) {
    const [{ result }] = results;
    return single_page(results[0], [lead(result), ...facts(results[0])], result_parts(result, timeline, 2));
  }
  return compared_page(results, comparison_section(results), (one, index) => [
    ...facts(one),
    ...result_parts(one.result, index === 0 ? timeline : undefined, 3),
  ]);
}

const data = JSON.parse(document.getElementById('page-data').textContent, (key, value) =>
  typeof value === 'string' ? harmless(value) : value,
);
document.getElementById('made-by').textContent = `Made by ${data.program}.`;

function whole_page({ results, timeline }) {
  return is_served(results[0]) ? served_page(results) : fixed_page(results, timeline);
}
document.getElementById('page').replaceChildren(...whole_page(data));
