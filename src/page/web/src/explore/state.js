// What was chosen, kept in the address: a reload, and whoever is sent it, sees the same.

/** Choices by control, of the address's part behind '#'. */
export function choices_of(hash) {
  return Object.fromEntries([...new URLSearchParams(hash.replace(/^#/, ''))].filter(([, text]) => text !== ''));
}

/** '#batch=8&dtype=int8', or '' where nothing was chosen. */
export function hash_of(choices) {
  const text = String(new URLSearchParams(choices));
  return text && `#${text}`;
}
