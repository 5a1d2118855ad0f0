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

let ids = 0;

/** An id that no other element has. */
export function new_id(word) {
  ids += 1;
  return `${word}-${ids}`;
}

export function heading(level, text, attributes) {
  return h(`h${level}`, attributes, text);
}
