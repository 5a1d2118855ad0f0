// The page of requests that were served.
import { cost_section } from './cost.js';
import { course_chart } from './course.js';
import { curve_charts } from './curves.js';
import { h } from './dom.js';
import { compared_page, part, single_page } from './frame.js';
import { device_table, instance_table } from './instances.js';
import { served_bounds } from './served_bounds.js';
import { served_comparison } from './served_compare.js';
import {
  amount_table,
  energy_charts,
  latency_table,
  objective_chart,
  served_facts,
  served_tiles,
} from './served_summary.js';
import { device_time_chart, wait_chart } from './waits.js';

export function is_served({ result }) {
  return result.serving !== undefined;
}

/** What a reader has to know before any number. */
function warnings({ serving }) {
  const { submitted, completed, rejected } = serving.requests;
  const texts = [
    serving.saturated
      ? 'Overloaded: more and more requests wait in the second half; latencies grow with the number of requests.'
      : null,
    rejected > 0 ? `${rejected} of ${submitted} requests were refused, since they can never be served.` : null,
    completed === 0 ? 'No request was completed: there are no latencies to show.' : null,
  ].filter(Boolean);
  return texts.length > 0
    ? h(
        'div',
        { class: 'message', role: 'note' },
        texts.map((text) => h('p', null, text)),
      )
    : null;
}

function lead({ serving }) {
  const { submitted } = serving.requests;
  const instances = serving.instances.length;
  return (
    `Simulated: ${submitted} ${submitted === 1 ? 'request' : 'requests'} served by ${serving.scheduler} on ` +
    (instances === 1 ? '1 instance' : `${instances} instances, ${serving.router}`)
  );
}

function old_result(result) {
  return result.serving.course === undefined
    ? h(
        'p',
        null,
        'This result is of an earlier program: it says nothing of distributions, waits and the course of time.',
      )
    : null;
}

function served_parts(result, level) {
  return [
    warnings(result),
    part(
      level,
      'Summary',
      served_tiles(result),
      h(
        'div',
        { class: 'beside' },
        h('div', null, latency_table(result), served_bounds(result)),
        h('div', null, objective_chart(result, level + 1)),
      ),
      h(
        'div',
        { class: 'beside' },
        h('div', null, amount_table(result)),
        h('div', null, energy_charts(result, level + 1)),
      ),
      old_result(result),
    ),
    cost_section(result, level),
    part(level, 'Latencies', curve_charts([{ result }], level + 1)),
    part(level, 'What was waited for', wait_chart(result, level + 1), device_time_chart(result, level + 1)),
    part(level, 'Over time', course_chart(result, level + 1)),
    part(level, 'Instances', instance_table(result)),
    part(level, 'Devices', device_table(result)),
  ].filter(Boolean);
}

export function served_page(results) {
  const about = (one) => [h('p', { class: 'lead' }, lead(one.result)), ...served_facts(one)];
  if (results.length === 1) {
    const [one] = results;
    return single_page(one, about(one), served_parts(one.result, 2));
  }
  return compared_page(results, served_comparison(results), (one) => [
    ...about(one),
    ...served_parts(one.result, 3),
  ]);
}
