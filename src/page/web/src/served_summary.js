// The numbers of served requests at a glance.
import { data_type, energy_gap, fact_list, ideal_line, machine_text, scenario_fact } from './about.js';
import { bars } from './bars.js';
import { figure } from './chart.js';
import { percent, quantity, ratio, scale_for } from './format.js';
import { served_energy_parts, tile_list } from './summary.js';
import { at, count, scaled, share, table } from './table.js';
import { hue } from './theme.js';

const number = true;
const latencies = [
  ['ttft_s', 'Time to first token (TTFT)'],
  ['tpot_s', 'Time per output token (TPOT)'],
  ['itl_s', 'Between tokens'],
  ['e2e_s', 'End to end'],
  ['queue_s', 'Queued'],
];
const percentiles = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'];
const objectives = [
  ['ttft_s', 'TTFT'],
  ['tpot_s', 'TPOT'],
  ['e2e_s', 'End to end'],
];

const of = (result, ...path) => at(result, ['serving', ...path]);

/** [element, …] */
export function served_facts({ label, result }) {
  const { serving } = result;
  const list = fact_list([
    ...scenario_fact({ label, result }),
    ['Model', result.model],
    ['Data type', data_type(result)],
    ['Scheduler', serving.scheduler],
    ...(serving.instances.length > 1 ? [['Router', serving.router]] : []),
    ['Cost model', result.cost_model],
    ['Machine', machine_text(result)],
    ...energy_gap(result),
  ]);
  return [list, ideal_line(result)];
}

export function served_tiles(result) {
  return tile_list([
    ['Requests/s', of(result, 'throughput', 'requests_per_s'), ''],
    ['Output tokens/s', of(result, 'throughput', 'output_tokens_per_s'), ''],
    ...(result.serving.goodput ? [['Goodput, requests/s', of(result, 'goodput', 'requests_per_s'), '']] : []),
    ['TTFT, p99', of(result, 'ttft_s', 'p99'), 's'],
    ['TPOT, p99', of(result, 'tpot_s', 'p99'), 's'],
    ['Power', at(result, ['power_W']), 'W'],
    ['Energy per output token', of(result, 'energy', 'total_per_output_token_J'), 'J'],
  ]);
}

/** [{key, text}] of the objectives that a result has: "TTFT ≤ 500 ms". */
export function given_objectives({ serving: { goodput } }) {
  return objectives
    .filter(([key]) => (goodput?.slo[key] ?? null) !== null)
    .map(([key, label]) => ({ key, text: `${label} ≤ ${quantity(goodput.slo[key], 's')}` }));
}

export function latency_table(result) {
  const rows = latencies.map(([key, label]) => [label, [key]]);
  if (result.serving.transfers) rows.push(['Waiting for a cache to arrive', ['transfers', 'transfer_s']]);
  if (result.serving.kv.tier) rows.push(['Fetching from the tier', ['kv', 'tier', 'fetch_s']]);
  const lines = rows.map(([label, path]) => {
    const numbers = percentiles.map((name) => of(result, ...path, name));
    const scale = scale_for(
      numbers.map(({ value }) => value),
      's',
    );
    return [label, ...numbers.map((one) => scaled(one, scale)), scale.unit];
  });
  return table(
    'Latencies',
    [{ label: '' }, ...percentiles.map((label) => ({ label, number })), { label: 'unit' }],
    lines,
    { class: 'summary' },
  );
}

function amounts(result) {
  const { serving } = result;
  const rows = [];
  const add = (label, one, unit, indent = false) => {
    const scale = scale_for([one.value], unit);
    rows.push({ indent, cells: [label, scaled(one, scale), scale.unit] });
  };
  const plain = (label, one, indent = false, unit = '') =>
    rows.push({ indent, cells: [label, scaled(one, { factor: 1 }), unit] });
  const counted = (label, one, indent = false, unit = '') => rows.push({ indent, cells: [label, count(one), unit] });
  const part = (label, value, measure) =>
    rows.push({ indent: true, cells: [label, { ...share({ value }), measure }, '%'] });
  add('First arrival to last token', of(result, 'makespan_s'), 's');
  counted('Requests', of(result, 'requests', 'submitted'));
  counted('completed', of(result, 'requests', 'completed'), true);
  counted('refused', of(result, 'requests', 'rejected'), true);
  plain('Requests/s', of(result, 'throughput', 'requests_per_s'));
  plain('Prompt tokens/s', of(result, 'throughput', 'prompt_tokens_per_s'));
  plain('Output tokens/s', of(result, 'throughput', 'output_tokens_per_s'));
  if (serving.goodput) {
    plain('Goodput, requests/s', of(result, 'goodput', 'requests_per_s'));
    rows.push({ indent: true, cells: ['share of the completed', share(of(result, 'goodput', 'share')), '%'] });
  }
  counted('Steps', of(result, 'steps', 'count'));
  plain('requests in one, mean', of(result, 'steps', 'mean_running'), true);
  plain('tokens in one, mean', of(result, 'steps', 'mean_tokens'), true);
  counted('KV cache, blocks', of(result, 'kv', 'blocks'), false, `of ${serving.kv.block_tokens} tokens`);
  part('in use, mean', ratio(serving.kv.mean, serving.kv.blocks), 'kv:mean');
  part('in use, peak', ratio(serving.kv.peak, serving.kv.blocks), 'kv:peak');
  counted('tokens found in it', of(result, 'kv', 'hit_tokens'), true);
  if (serving.kv.tier) {
    counted('of those, in its tier', of(result, 'kv', 'tier', 'hit_tokens'), true);
    counted('Cache tier, blocks', of(result, 'kv', 'tier', 'blocks'));
    part('in use, peak', ratio(serving.kv.tier.peak, serving.kv.tier.blocks), 'tier:peak');
    add('stored', of(result, 'kv', 'tier', 'stored_bytes'), 'B', true);
    add('fetched', of(result, 'kv', 'tier', 'fetched_bytes'), 'B', true);
    add('energy of storing', of(result, 'kv', 'tier', 'store_J'), 'J', true);
    add('energy of fetching', of(result, 'kv', 'tier', 'fetch_J'), 'J', true);
    counted('blocks that made room for others', of(result, 'kv', 'tier', 'evicted_blocks'), true);
  }
  counted('Preemptions', of(result, 'kv', 'preemptions'), false, `of ${serving.requests.preempted} requests`);
  counted('tokens computed again', of(result, 'kv', 'recomputed_tokens'), true);
  if (serving.transfers) {
    counted('Caches sent', of(result, 'transfers', 'count'));
    add('bytes', of(result, 'transfers', 'bytes'), 'B', true);
    add('energy', of(result, 'transfers', 'energy_J'), 'J', true);
  }
  if (serving.speculation) {
    counted('Drafted tokens', of(result, 'speculation', 'drafted_tokens'), false, `by ${serving.speculation.method}`);
    rows.push({ indent: true, cells: ['accepted', share(of(result, 'speculation', 'acceptance')), '%'] });
    plain('tokens of a step with drafts, mean', of(result, 'speculation', 'mean_accepted_length'), true);
    rows.push({
      indent: true,
      cells: ['share of the steps’ time', share(of(result, 'speculation', 'draft_time_share')), '%'],
    });
    add('energy', of(result, 'speculation', 'draft_J'), 'J', true);
  }
  add('Energy', of(result, 'energy', 'total_J'), 'J');
  add('drawn always (idle)', of(result, 'energy', 'idle_J'), 'J', true);
  add('drawn for requests', of(result, 'energy', 'requests_J'), 'J', true);
  add('per request, with idle', of(result, 'energy', 'total_per_request_J'), 'J', true);
  add('per output token, with idle', of(result, 'energy', 'total_per_output_token_J'), 'J', true);
  add('Power, mean', at(result, ['power_W']), 'W');
  if (result.peak_power_W !== undefined) add('peak', at(result, ['peak_power_W']), 'W', true);
  return rows;
}

export function amount_table(result) {
  return table('Rates, cache and energy', [{ label: '' }, { label: '', number }, { label: 'unit' }], amounts(result), {
    class: 'amounts',
  });
}

/** How many completed requests have each objective, and all of them. */
export function objective_chart(result, level) {
  const { goodput } = result.serving;
  if (!goodput || !result.serving.requests.completed) return null;
  // Results of earlier programs say only how many have all of them.
  const given = goodput.each ? given_objectives(result) : [];
  const rows = [
    ...given.map(({ key, text }) => ({ label: text, one: of(result, 'goodput', 'each', key) })),
    ...(given.length === 1 ? [] : [{ label: 'all objectives', one: of(result, 'goodput', 'share') }]),
  ];
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit: '',
    scale: { factor: 0.01 },
    axis_name: 'share of the completed requests in %',
    max: 100,
    series: [{ name: 'share', values: rows.map(({ one }) => one.value), style: (colours) => hue(2, colours) }],
    details: (row) => [['share of the completed', percent(rows[row].one.value)]],
  });
  return figure({
    level,
    title: 'Requests within objectives',
    kind: 'Bar chart',
    ...chart,
    table: () =>
      table(
        'Requests within objectives',
        [{ label: 'objective' }, { label: 'share', unit: '%', number }],
        rows.map(({ label, one }) => [label, share(one)]),
      ),
  }).element;
}

function energy_bars(result, level, title, note, rows) {
  const scale = scale_for(
    rows.map(({ value }) => value),
    'J',
  );
  const whole = result.serving.energy.total_J;
  const chart = bars({
    categories: rows.map(({ label }) => label),
    unit: 'J',
    scale,
    axis_name: `energy in ${scale.unit}`,
    series: [{ name: 'energy', values: rows.map(({ value }) => value), style: (colours) => hue(0, colours) }],
    details: (row) => [
      ['energy', quantity(rows[row].value, 'J')],
      ['share of all', percent(ratio(rows[row].value, whole))],
    ],
  });
  return figure({
    level,
    title,
    note,
    kind: 'Bar chart',
    ...chart,
    table: () =>
      table(
        title,
        [{ label: '' }, { label: 'energy', unit: scale.unit, number }, { label: 'share', unit: '%', number }],
        rows.map(({ label, value, measure, pointer }) => [
          label,
          { ...scaled({ value, pointer }, scale), measure },
          share({ value: ratio(value, whole) }),
        ]),
      ),
  }).element;
}

export function energy_charts(result, level) {
  const { energy } = result.serving;
  if (!(energy.total_J > 0)) return [];
  const uses = [
    ...(energy.prompts_J === undefined
      ? [{ label: 'requests', ...of(result, 'energy', 'requests_J') }]
      : [
          { label: 'prompts', ...of(result, 'energy', 'prompts_J') },
          { label: 'tokens', value: energy.requests_J - energy.prompts_J, measure: 'energy:tokens' },
        ]),
    { label: 'drawn always', ...of(result, 'energy', 'idle_J') },
  ];
  const devices = Object.values(result.devices ?? {});
  const by_part = served_energy_parts
    .map(([key, label]) => ({
      label,
      value: devices.reduce((sum, device) => sum + (device.energy_J?.[key] ?? 0), 0),
      measure: `sum:${key}`,
    }))
    .filter(({ value }) => value > 0);
  return [
    energy_bars(result, level, 'Energy by use', null, uses),
    by_part.length > 0
      ? energy_bars(result, level, 'Energy by part', 'Of all devices, with the links that they own.', by_part)
      : null,
  ].filter(Boolean);
}
