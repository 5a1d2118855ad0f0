// What pages are made of, whatever their results are of.
import { h, heading } from './dom.js';
import { letter } from './format.js';

/** A section under a heading; null where it would be empty. */
export function part(level, title, ...children) {
  const content = children.flat().filter(Boolean);
  return content.length > 0 ? h('section', null, heading(level, title), content) : null;
}

/** about: what stands below the title; parts: the sections. */
export function single_page({ label }, about, parts) {
  return [h('header', null, heading(1, label), about), h('main', { id: 'content', 'data-result': 0 }, parts)];
}

/** comparison: the section of all; parts(one, index): what stands below each result's title. */
export function compared_page(results, comparison, parts) {
  const name = ({ label }, index) => `${letter(index)}: ${label}`;
  const links = [
    ['#comparison', 'Side by side'],
    ...results.map((one, index) => [`#result-${index}`, name(one, index)]),
  ];
  return [
    h(
      'header',
      null,
      heading(1, `${results.length} results compared`),
      h(
        'nav',
        { 'aria-label': 'Contents' },
        h(
          'ul',
          null,
          links.map(([target, text]) => h('li', null, h('a', { href: target }, text))),
        ),
      ),
    ),
    h(
      'main',
      { id: 'content' },
      comparison,
      results.map((one, index) =>
        h('article', { id: `result-${index}`, 'data-result': index }, heading(2, name(one, index)), parts(one, index)),
      ),
    ),
  ];
}
