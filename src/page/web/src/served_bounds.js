// What bounds requests, and what faster parts would gain: as src/report/what_if_table.cpp has it.
import { bound, change, faster_name, gain_text } from './bounds.js';
import { nothing } from './format.js';
import { table } from './table.js';

const number = true;

/** null where nobody asked. */
export function served_bounds({ serving }) {
  const answers = serving.what_if ?? [];
  if (answers.length === 0) return null;
  const columns = [
    ['TTFT, mean', serving.ttft_s.mean, ({ ttft_s }) => ttft_s],
    ['TPOT, mean', serving.tpot_s.mean, ({ tpot_s }) => tpot_s],
    ['output tokens/s', serving.throughput.output_tokens_per_s, ({ output_tokens_per_s }) => output_tokens_per_s],
  ];
  const bounds = columns
    .slice(0, 2)
    .map(([, before, then_of]) => bound(answers, before, (one) => then_of(one) ?? 0, 'launches and waiting') || nothing);
  const rows = [
    ['Bound by', ...bounds.map((text) => ({ text, number })), '', ''],
    ...answers.map((one) => ({
      indent: true,
      cells: [
        `with ${faster_name(one)}`,
        ...columns.map(([, before, then_of]) => ({ text: gain_text(change(before, then_of(one)), nothing), number })),
        '%',
      ],
    })),
  ];
  return table(
    'What bounds requests, and what faster parts would gain',
    [{ label: '' }, ...columns.map(([label]) => ({ label, number })), { label: 'unit' }],
    rows,
    { class: 'bounds' },
  );
}
