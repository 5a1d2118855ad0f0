// Latency against throughput: a run for each batch, drawn as they end.
import { axis, figure, tip } from '../chart.js';
import { h } from '../dom.js';
import { quantity, scale_for, short } from '../format.js';
import { scaled, table } from '../table.js';

const number = true;

/** Powers of two, and what is chosen. */
export function batches_of(chosen) {
  const batches = new Set([1, 2, 4, 8, 16, 32, 64, 128, 256]);
  if (Number.isInteger(chosen) && chosen >= 1) batches.add(chosen);
  return [...batches].sort((a, b) => a - b);
}

export function point_of({ batch, result }) {
  return {
    batch,
    throughput: result.phases.decode.tokens_per_s ?? null,
    tpot: result.time_per_output_token_s ?? null,
    ttft: result.time_to_first_token_s ?? null,
    energy: result.energy_per_generated_token_J ?? null,
  };
}

function curve_table(points) {
  const tpot = scale_for(points.map((point) => point.tpot), 's');
  const ttft = scale_for(points.map((point) => point.ttft), 's');
  const energy = scale_for(points.map((point) => point.energy), 'J');
  const columns = [
    { label: 'batch' },
    { label: 'throughput', unit: 'tokens/s', number },
    { label: 'TPOT', unit: tpot.unit, number },
    { label: 'TTFT', unit: ttft.unit, number },
    { label: 'energy per token, prefill included', unit: energy.unit, number },
  ];
  const rows = points.map((point) => [
    String(point.batch),
    scaled({ value: point.throughput }, { factor: 1 }),
    scaled({ value: point.tpot }, tpot),
    scaled({ value: point.ttft }, ttft),
    scaled({ value: point.energy }, energy),
  ]);
  return table('Each batch', columns, rows, { class: 'curve' });
}

/** points: of point_of(), at least one with decode; chosen: the batch that the other views are of. */
export function curve_figure(points, chosen) {
  const drawn = points.filter(({ throughput, tpot }) => throughput > 0 && tpot > 0);
  if (drawn.length === 0) return h('p', null, 'Nothing is generated after the first token: there is no rate of decode.');
  const scale = scale_for(drawn.map(({ tpot }) => tpot), 's');
  return figure({
    level: 3,
    title: 'Time per output token against tokens/s, by batch',
    kind: 'Line chart',
    note: 'Each point is a run of its own. All sequences of a batch together give the tokens/s; the filled point is the batch that is chosen.',
    height: () => 320,
    option: (context) => {
      const { colours } = context;
      return {
        grid: { left: 64, right: 40, top: 16, bottom: 50, outerBoundsMode: 'none' },
        xAxis: axis(context, {
          type: 'log',
          name: 'tokens/s',
          nameLocation: 'middle',
          nameGap: 30,
          min: 'dataMin',
          max: 'dataMax',
          axisLabel: { formatter: (value) => short(value, 3) },
        }),
        yAxis: axis(context, {
          type: 'value',
          min: 0,
          name: `TPOT in ${scale.unit}`,
          nameLocation: 'middle',
          nameGap: 44,
          axisLabel: { formatter: (value) => short(value, 4) },
        }),
        tooltip: {
          trigger: 'item',
          formatter: ({ data: { point } }) =>
            tip(`batch ${point.batch}`, [
              ['tokens/s', short(point.throughput)],
              ['TPOT', quantity(point.tpot, 's')],
              ['TTFT', quantity(point.ttft, 's')],
              ['energy per token, prefill included', quantity(point.energy, 'J')],
            ]),
        },
        series: [
          {
            type: 'line',
            symbol: 'circle',
            lineStyle: { color: colours.hues[0], width: 1.9 },
            label: { show: true, position: 'top', color: colours.text, fontSize: 12.5, formatter: ({ data }) => String(data.point.batch) },
            data: drawn.map((point) => ({
              value: [point.throughput, point.tpot / scale.factor],
              point,
              symbolSize: point.batch === chosen ? 13 : 9,
              itemStyle: {
                color: point.batch === chosen ? colours.hues[1] : colours.page,
                borderColor: point.batch === chosen ? colours.hues[1] : colours.hues[0],
                borderWidth: 2,
              },
            })),
          },
        ],
      };
    },
    table: () => curve_table(points),
  }).element;
}
