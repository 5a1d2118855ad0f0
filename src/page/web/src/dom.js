// Elements. Whatever text comes from a result becomes a text node, never markup.

/** h('td', {class: 'number'}, 'text', element, …); attributes that are null are left out. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Controls, marks and overrides of bidirectional text, ends of lines: as src/util/harmless_text.cpp has them.
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of a result as it may be shown, with escapes for what would steer or turn what stands around it. */
export function harmless(text) {
  return text.replace(HARMFUL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

let ids = 0;

/** An id that no other element has. */
export function new_id(word) {
  ids += 1;
  return `${word}-${ids}`;
}

export function heading(level, text, attributes) {
  return h(`h${level}`, attributes, text);
}
