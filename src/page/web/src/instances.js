// Tables of the instances and devices that served.
import { folded } from './fold.js';
import { ratio, scale_for } from './format.js';
import { served_energy_parts } from './summary.js';
import { at, count, scaled, share, table } from './table.js';

const number = true;

export function instance_table(result) {
  const { instances, makespan_s } = result.serving;
  const busy = scale_for(
    instances.map(({ busy_s }) => busy_s),
    's',
  );
  const columns = [
    { label: 'instance' },
    { label: 'requests', number },
    { label: 'steps', number },
    { label: 'busy', unit: busy.unit, number },
    { label: 'busy', unit: '%', number },
    { label: 'KV blocks', number },
    { label: 'peak of KV blocks', number },
    { label: 'peak', unit: '%', number },
    { label: 'devices' },
  ];
  const rows = instances.map((one, index) => {
    const of = (key) => at(result, ['serving', 'instances', index, key]);
    return [
      one.name,
      count(of('requests')),
      count(of('steps')),
      scaled(of('busy_s'), busy),
      { ...share({ value: ratio(one.busy_s, makespan_s) }), measure: `busy:${index}` },
      count(of('kv_blocks')),
      count(of('peak_kv_blocks')),
      { ...share({ value: ratio(one.peak_kv_blocks, one.kv_blocks) }), measure: `peak:${index}` },
      folded(one.devices.map((name) => ({ name, key: '' })))
        .map(({ name }) => name)
        .join(', ') || 'HOST',
    ];
  });
  return table('Instances', columns, rows, { class: 'instances' });
}

export function device_table(result) {
  const devices = Object.entries(result.devices ?? {});
  const used = served_energy_parts.filter(([key]) => devices.some(([, { energy_J }]) => energy_J?.[key] > 0));
  const shown = [...used, ['total', 'total']];
  const scale = scale_for(
    devices.map(([, { energy_J }]) => energy_J?.total),
    'J',
  );
  const columns = [
    { label: 'device' },
    { label: 'profile' },
    ...shown.map(([, label]) => ({ label, unit: scale.unit, number })),
  ];
  const rows = devices.map(([name, device]) => [
    name,
    device.architecture ?? '',
    ...shown.map(([key]) => scaled(at(result, ['devices', name, 'energy_J', key]), scale)),
  ]);
  return table('Energy of devices, by part', columns, rows, { class: 'devices' });
}
