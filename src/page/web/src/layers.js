// The layers and functions of results, and communication: event classes of all phases under one name.

/** [{key, label, classes: {prefill: index of the event class, decode: …}, time_s}], the longest first. */
export function layers(result) {
  const found = new Map();
  (result.event_classes ?? []).forEach((one, index) => {
    const key = JSON.stringify([one.kind, one.type, one.name]);
    const layer = found.get(key) ?? { key, name: one.name, type: one.type, classes: {}, time_s: 0 };
    layer.classes[one.phase] = index;
    layer.time_s += one.time_s ?? 0;
    found.set(key, layer);
  });
  const list = [...found.values()];
  const times = new Map();
  for (const { name } of list) times.set(name, (times.get(name) ?? 0) + 1);
  for (const layer of list) {
    const unique = layer.name !== '' && times.get(layer.name) === 1;
    layer.label = unique ? layer.name : [layer.name, layer.type].filter(Boolean).join(' · ');
  }
  return list.sort((first, second) => second.time_s - first.time_s);
}
