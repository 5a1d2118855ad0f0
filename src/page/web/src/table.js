// Tables whose cells carry the full number, and where in the result it stands.
import { h } from './dom.js';
import { is_number, nothing, nothing_in, percent, rounded } from './format.js';

/** A step of a JSON pointer. */
function step(name) {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A number of the result at a path, for cells: at(result, ['phases', 'prefill', 'time_s']). */
export function at(result, path) {
  let value = result;
  for (const name of path) value = value?.[name];
  return {
    value: is_number(value) ? value : null,
    pointer: `/${path.map(step).join('/')}`,
    is_stated: value !== null || result.energy_not_stated === undefined,
  };
}

/** What stands in place of a number that there is not. */
export function without({ is_stated = true }, unit = '') {
  return is_stated ? nothing : nothing_in(unit);
}

function number_cell(number, text, otherwise = nothing) {
  const { value, pointer } = number;
  return {
    text: is_number(value) ? text(value) : otherwise,
    value: is_number(value) ? value : null,
    pointer,
    number: true,
  };
}

/** A cell with a number in units of `scale.factor`. */
export function scaled(number, scale, digits = 5) {
  return number_cell(number, (value) => rounded(value / scale.factor, digits), without(number, scale.unit));
}

/** A cell with a share as per cent. */
export function share(number) {
  return number_cell(number, (value) => percent(value).replace(' %', ''));
}

export function count(number) {
  return number_cell(number, (value) => String(value));
}

const long_text = 42;

function cell_element(name, cell) {
  if (typeof cell === 'string') {
    return h(name, { scope: name === 'th' ? 'row' : null, class: cell.length > long_text ? 'long' : null }, cell);
  }
  return h(
    name,
    {
      class: cell.number ? 'number' : null,
      'data-value': cell.value,
      'data-pointer': cell.pointer,
      'data-measure': cell.measure,
      colspan: cell.colspan,
    },
    cell.text,
  );
}

/**
 * columns: [{label, unit, number}], the first names the rows. rows: arrays of cells, the first a text; or
 * {cells, indent: true}. In a box that scrolls sideways.
 */
export function table(caption, columns, rows, attributes) {
  const head = columns.map(({ label, unit, number }) =>
    h('th', { scope: 'col', class: number ? 'number' : null }, label, unit ? h('span', { class: 'unit' }, unit) : null),
  );
  const body = rows.map((row) => {
    const { cells, indent } = Array.isArray(row) ? { cells: row, indent: false } : row;
    return h(
      'tr',
      indent ? { class: 'indent' } : null,
      cells.map((cell, index) => cell_element(index === 0 ? 'th' : 'td', cell)),
    );
  });
  return h(
    'div',
    { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      attributes ?? null,
      h('caption', null, caption),
      h('thead', null, h('tr', null, head)),
      h('tbody', null, body),
    ),
  );
}
