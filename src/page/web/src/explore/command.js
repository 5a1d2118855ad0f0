// The command that reproduces a view.
import { h } from '../dom.js';

/** {element, show(text)}; a text of '' hides it. */
export function command_box(name) {
  const code = h('code', { 'data-command': name });
  const button = h('button', { type: 'button', 'aria-label': `Copy the command of ${name}` }, 'Copy');
  const element = h('div', { class: 'command', hidden: '' }, h('pre', { tabindex: 0 }, code), button);
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
  return {
    element,
    show: (text) => {
      code.textContent = text;
      element.hidden = text === '';
    },
  };
}
