// Several results of served requests side by side.
import { cost_measures } from './cost.js';
import { curve_charts } from './curves.js';
import { h } from './dom.js';
import { nothing } from './format.js';
import { given_objectives } from './served_summary.js';
import { result_bars, side_by_side } from './side_by_side.js';
import { hue } from './theme.js';

const facts = [
  ['model', ({ model }) => model],
  ['scheduler', ({ serving }) => serving.scheduler],
  ['instances', ({ serving }) => String(serving.instances.length)],
  ['requests', ({ serving }) => String(serving.requests.submitted)],
  [
    'objectives',
    (result) =>
      given_objectives(result)
        .map(({ text }) => text)
        .join(', ') || nothing,
  ],
  ['overloaded', ({ serving }) => (serving.saturated ? 'yes' : 'no')],
];
const spread = (label, key) => [
  [`${label}, mean`, [key, 'mean'], 's'],
  ['p50', [key, 'p50'], 's'],
  ['p99', [key, 'p99'], 's'],
];
const measures = [
  ...spread('TTFT', 'ttft_s'),
  ...spread('TPOT', 'tpot_s'),
  ...spread('Between tokens', 'itl_s'),
  ...spread('End to end', 'e2e_s'),
  ...spread('Queued', 'queue_s'),
  ['First arrival to last token', ['makespan_s'], 's'],
  ['Requests/s', ['throughput', 'requests_per_s'], ''],
  ['Prompt tokens/s', ['throughput', 'prompt_tokens_per_s'], ''],
  ['Output tokens/s', ['throughput', 'output_tokens_per_s'], ''],
  ['Goodput, requests/s', ['goodput', 'requests_per_s'], ''],
  ['share of the completed', ['goodput', 'share'], ''],
  ['Requests in a step, mean', ['steps', 'mean_running'], ''],
  ['Preemptions', ['kv', 'preemptions'], ''],
  ['Energy', ['energy', 'total_J'], 'J'],
  ['drawn always (idle)', ['energy', 'idle_J'], 'J'],
  ['per request, with idle', ['energy', 'total_per_request_J'], 'J'],
  ['per output token, with idle', ['energy', 'total_per_output_token_J'], 'J'],
].map(([label, path, unit]) => [label, ['serving', ...path], unit]);
measures.push(['Power, mean', ['power_W'], 'W'], ['Peak power', ['peak_power_W'], 'W'], ...cost_measures);

/** title, path, axis, unit, place of the colour */
const charts = [
  ['Output tokens/s', ['throughput', 'output_tokens_per_s'], 'output tokens/s', '', 5],
  ['Requests within objectives', ['goodput', 'share'], 'share of the completed', '%', 2],
  ['Energy per output token', ['energy', 'total_per_output_token_J'], 'energy', 'J', 0],
  ['Energy per request', ['energy', 'total_per_request_J'], 'energy', 'J', 3],
];

export function served_comparison(results) {
  return side_by_side(
    results,
    { facts, measures },
    curve_charts(results, 3),
    h(
      'div',
      { class: 'charts' },
      charts.map(([title, path, axis, unit, place]) =>
        result_bars(results, { title, axis, unit }, [
          { label: title, path: ['serving', ...path], style: (colours) => hue(place, colours) },
        ]),
      ),
    ),
  );
}
