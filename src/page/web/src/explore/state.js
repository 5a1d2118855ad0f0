// What was chosen, kept in the address: a reload, and whoever is sent it, sees the same.

export const controls = [
  'model',
  'machine',
  'device',
  'tp',
  'pp',
  'dp',
  'cp',
  'ep',
  'batch',
  'prompt_tokens',
  'output_tokens',
  'dtype',
  'weight_dtype',
  'kv_dtype',
];

/** Choices by control, of the address's part behind '#'; what is no control is left out. */
export function choices_of(hash) {
  const choices = {};
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (controls.includes(name) && text !== '') choices[name] = text;
  }
  return choices;
}

/** '#batch=8&dtype=int8', or '' where nothing was chosen. */
export function hash_of(choices) {
  const text = new URLSearchParams(controls.filter((name) => name in choices).map((name) => [name, choices[name]]));
  return text.size === 0 || `${text}` === '' ? '' : `#${text}`;
}
